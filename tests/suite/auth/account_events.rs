//! What has happened to an account, as its owner reads it: pages of one query of each of two lists, and nobody else's.

use std::collections::BTreeMap;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use shared::ids::EventId;
use tests::{Session, World};

const EVENTS: &str = "/auth/events";
/// Where events lie: those of the account, and those of what it has allowed programs.
const TABLES: [&str; 2] = ["Accounts", "Grants"];

/// So many events, copies of one, the newest first.
async fn many(world: &World, session: &Session, count: u64) -> Vec<String> {
    many_in(world, session, count, |_| "Accounts").await
}

/// So many events, copies of one, the newest first. Each but the first lies in a table of its own choice, by its number, which rises with time.
async fn many_in(world: &World, session: &Session, count: u64, table: impl Fn(u64) -> &'static str) -> Vec<String> {
    world.post("/auth/logout", json!({ "access_token": session.access, "scope": "others" })).await.assert_ok();
    let rows = world.rows_of("Accounts", &format!("ACCOUNT#{}", session.user_id)).await;
    let row = rows.iter().find(|row| row["sk"].as_str().unwrap().starts_with("EVENT#")).unwrap();
    let start = world.clock.unix_ms() + 1_000;
    let (mut ids, mut tables) = (vec![row["id"].as_str().unwrap().to_owned()], BTreeMap::<_, Vec<Value>>::new());
    for number in 1..count {
        // Three of each millisecond.
        let id = EventId::at(start + number / 3).unwrap().to_string();
        let mut copy = row.clone();
        (copy["sk"], copy["id"]) = (json!(format!("EVENT#{id}")), json!(id));
        if table(number) == "Grants" {
            copy["action"] = json!("token_made");
        }
        tables.entry(table(number)).or_default().push(copy);
        ids.push(id);
    }
    for (table, rows) in tables {
        world.put_rows(table, rows).await;
    }
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
    assert_eq!(calls.dynamodb, [("GetItem".to_owned(), 1), ("Query".to_owned(), 2)].into());
    let ids = body["events"].as_array().unwrap().iter().map(|event| event["id"].as_str().unwrap().to_owned());
    (ids.collect(), body["next_cursor"].as_str().map(str::to_owned))
}

async fn walk(world: &World, session: &Session, limit: usize) -> Vec<String> {
    let pages = pages(world, session, limit).await;
    let (last, others) = pages.split_last().unwrap();
    assert!(others.iter().all(|page| page.len() == limit), "{limit}: none is short but the last");
    assert!(!last.is_empty(), "{limit}: a page that is full is known to be the last");
    pages.concat()
}

async fn pages(world: &World, session: &Session, limit: usize) -> Vec<Vec<String>> {
    let (mut pages, mut query) = (Vec::new(), format!("?limit={limit}"));
    loop {
        let (ids, next) = page(world, session, &query).await;
        pages.push(ids);
        match next {
            Some(cursor) => query = format!("?limit={limit}&cursor={cursor}"),
            None => return pages,
        }
    }
}

#[tokio::test]
async fn ten_thousand_events_are_a_hundred_pages_of_two_queries_each() {
    let world = World::start().await;
    let session = two_sessions(&world).await;
    let expected = many_in(&world, &session, 10_000, |number| TABLES[usize::from(number % 7 > 3)]).await;
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
    many_in(&world, &session, 4, |number| TABLES[usize::from(number > 1)]).await;
    world.advance(400 * 24 * 3_600 - 1);
    // Nobody has been there for so long that the place is not known any more, which is the fifth.
    let session = Session::of(&ada.logs_in().await);
    world.get_as(&session, EVENTS).await.assert_ok();
    assert_eq!(page(&world, &session, "").await.0.len(), 5);
    for limit in 1..6 {
        assert_eq!(walk(&world, &session, limit).await.len(), 5);
    }
    world.advance(1);
    assert_eq!(page(&world, &session, "").await.0.len(), 1);
}

/// However the events of the two lists come between each other, to whoever reads them they are one: nothing is lost at the end of a page, and
/// nothing is told twice.
#[tokio::test]
async fn two_lists_are_one_wherever_a_page_ends() {
    let world = World::start().await;
    let patterns: [fn(u64) -> bool; 6] = [
        |_| true,
        |number| number % 2 == 0,
        |number| number % 5 == 0,
        |number| number < 8,
        |number| number > 8,
        |number| (4..12).contains(&number),
    ];
    for (which, is_of_grants) in patterns.into_iter().enumerate() {
        let session = two_sessions(&world).await;
        let expected = many_in(&world, &session, 17, |number| TABLES[usize::from(is_of_grants(number))]).await;
        for limit in [1, 2, 3, 5, 8, 16, 17, 18, 100] {
            assert_eq!(walk(&world, &session, limit).await, expected, "{which}: {limit}");
        }
        // Each event of one list is a place in the other one, too.
        for (place, id) in expected.iter().enumerate() {
            let cursor = BASE64_URL_SAFE_NO_PAD.encode(EventId::parse(id).unwrap().as_bytes());
            let (found, next) = page(&world, &session, &format!("?cursor={cursor}")).await;
            assert!(found == expected[place + 1..] && next.is_none(), "{which}: {id}");
        }
        assert_eq!(page(&world, &two_sessions(&world).await, "").await, (Vec::new(), None), "they are nobody else's");
    }
}

/// A list that could be read less far than the other one ends the page there: what it has below may be newer than what the other has.
#[tokio::test]
async fn rows_that_nobody_can_read_hide_no_event_of_the_other_list() {
    let is_of_broken: [fn(u64) -> bool; 3] = [|number| number % 2 == 0, |number| number > 30, |number| number % 5 > 0];
    for (broken, other) in [(TABLES[0], TABLES[1]), (TABLES[1], TABLES[0])] {
        let world = World::start().await;
        for is_of_broken in is_of_broken {
            let session = two_sessions(&world).await;
            let expected =
                many_in(&world, &session, 60, |number| if is_of_broken(number) { broken } else { other }).await;
            let rows = world.rows_of(broken, &format!("ACCOUNT#{}", session.user_id)).await;
            let mut events: Vec<_> = rows.into_iter().filter(|row| row["salt"].is_string()).collect();
            events.sort_by_key(|row| row["id"].as_str().unwrap().to_owned());
            let unreadable: Vec<_> = events.iter().skip(2).step_by(3).chain(&events[8..16]).collect();
            for row in &unreadable {
                world.tamper(broken, row, "by", json!("nobody")).await;
            }
            let is_left = |id: &&String| !unreadable.iter().any(|row| row["id"] == id.as_str());
            let left: Vec<_> = expected.iter().filter(is_left).cloned().collect();
            assert!(left.len() < 50);
            for limit in [1, 2, 3, 7, 20, 100] {
                assert_eq!(all_pages(&world, &session, limit).await, left, "{broken}: {limit}");
            }
        }
    }
}

/// All pages, whatever they cost: where nothing of one can be read, the next one comes instead.
async fn all_pages(world: &World, session: &Session, limit: usize) -> Vec<String> {
    let (mut found, mut query) = (Vec::new(), format!("?limit={limit}"));
    loop {
        let reply = world.get_as(session, &format!("{EVENTS}{query}")).await;
        let body = reply.assert_ok();
        found.extend(body["events"].as_array().unwrap().iter().map(|event| event["id"].as_str().unwrap().to_owned()));
        let Some(cursor) = body["next_cursor"].as_str() else { return found };
        query = format!("?limit={limit}&cursor={cursor}");
    }
}
