//! What has happened to an account, as its owner reads it: pages of one query each, and nobody else's.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use shared::ids::EventId;
use tests::{Session, World};

const EVENTS: &str = "/auth/events";

/// So many events, copies of one, the newest first.
async fn many(world: &World, session: &Session, count: u64) -> Vec<String> {
    world.post("/auth/logout", json!({ "access_token": session.access, "scope": "others" })).await.assert_ok();
    let rows = world.rows_of("Accounts", &format!("ACCOUNT#{}", session.user_id)).await;
    let row = rows.iter().find(|row| row["sk"].as_str().unwrap().starts_with("EVENT#")).unwrap();
    let start = world.clock.unix_ms() + 1_000;
    let copies: Vec<Value> = (1..count)
        .map(|number| {
            // Three of each millisecond.
            let id = EventId::at(start + number / 3).unwrap().to_string();
            let mut copy = row.clone();
            (copy["sk"], copy["id"]) = (json!(format!("EVENT#{id}")), json!(id));
            copy
        })
        .collect();
    let first = row["id"].as_str().unwrap().to_owned();
    let mut ids: Vec<_> = copies.iter().map(|row| row["id"].as_str().unwrap().to_owned()).chain([first]).collect();
    world.put_rows("Accounts", copies).await;
    ids.sort();
    ids.reverse();
    ids
}

async fn two_sessions(world: &World) -> Session {
    let (ada, session) = world.person().signed_in().await;
    ada.logs_in().await.assert_ok();
    session
}

async fn page(world: &World, session: &Session, query: &str) -> (Vec<String>, Option<String>) {
    let (reply, calls) = world.calls(world.get_as(session, &format!("{EVENTS}{query}"))).await;
    let body = reply.assert_ok();
    assert_eq!(calls.dynamodb, [("GetItem".to_owned(), 1), ("Query".to_owned(), 1)].into());
    let ids = body["events"].as_array().unwrap().iter().map(|event| event["id"].as_str().unwrap().to_owned());
    (ids.collect(), body["next_cursor"].as_str().map(str::to_owned))
}

async fn walk(world: &World, session: &Session, limit: usize) -> Vec<String> {
    let (mut found, mut query) = (Vec::new(), format!("?limit={limit}"));
    loop {
        let (ids, next) = page(world, session, &query).await;
        assert!(next.is_none() || ids.len() == limit);
        found.extend(ids);
        match next {
            Some(cursor) => query = format!("?limit={limit}&cursor={cursor}"),
            None => return found,
        }
    }
}

#[tokio::test]
async fn ten_thousand_events_are_a_hundred_pages_of_one_query_each() {
    let world = World::start().await;
    let session = two_sessions(&world).await;
    let expected = many(&world, &session, 10_000).await;
    let found = walk(&world, &session, 100).await;
    assert_eq!((found.len(), found == expected), (10_000, true), "newest first, no duplicate, no gap");
    assert_eq!(page(&world, &session, "").await.0, expected[..50], "fifty where nothing is said");
}

#[tokio::test]
async fn a_page_may_have_any_length_and_no_other_cursor_begins_one() {
    let world = World::start().await;
    let session = two_sessions(&world).await;
    let expected = many(&world, &session, 12).await;
    for limit in [1, 2, 5, 11, 12, 13, 100] {
        assert_eq!(walk(&world, &session, limit).await, expected, "{limit}");
    }
    for query in
        ["?limit=0", "?limit=101", "?limit=x", "?cursor=", "?cursor=here", "?cursor=AAAA", "?limit=1&cursor=%00"]
    {
        let reply = world.get_as(&session, &format!("{EVENTS}{query}")).await;
        reply.assert_status(422);
    }
    // Of somebody else's event a cursor begins somewhere in one's own list.
    let stranger = two_sessions(&world).await;
    let theirs = many(&world, &stranger, 3).await;
    let cursor = |id: &str| BASE64_URL_SAFE_NO_PAD.encode(EventId::parse(id).unwrap().as_bytes());
    let (found, _) = page(&world, &session, &format!("?cursor={}", cursor(&theirs[0]))).await;
    assert!(found.iter().all(|id| expected.contains(id)));
    let (found, next) = page(&world, &stranger, &format!("?cursor={}", cursor(&expected[0]))).await;
    assert!(found.iter().all(|id| theirs.contains(id)) && next.is_none());
}

#[tokio::test]
async fn what_is_older_than_four_hundred_days_is_not_shown() {
    let world = World::start().await;
    let (ada, session) = world.person().signed_in().await;
    ada.logs_in().await.assert_ok();
    many(&world, &session, 2).await;
    world.advance(400 * 24 * 3_600 - 1);
    // Nobody has been there for so long that the place is not known any more, which is the third.
    let session = Session::of(&ada.logs_in().await);
    world.get_as(&session, EVENTS).await.assert_ok();
    assert_eq!(page(&world, &session, "").await.0.len(), 3);
    world.advance(1);
    assert_eq!(page(&world, &session, "").await.0.len(), 1);
}
