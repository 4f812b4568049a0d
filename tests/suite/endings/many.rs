//! Accounts with a great deal of everything.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use shared::{ids::AccountId, tables::Rows};
use tests::{Session, World};

use super::{DAY, asks_for_the_end, rows_about, with_everything};
use crate::auth::personal_tokens::tokens_of;

/// What a function has for a round. `auth` and the others have it in the template.
const TIMEOUT: Duration = Duration::from_mins(1);

fn with(row: &Value, members: &Value) -> Value {
    let mut row = row.clone();
    row.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    row
}

/// So many copies of a row, each with a sort key, and what else makes it another one.
async fn copied(world: &World, table: &str, beginning: &str, many: usize, change: impl Fn(&str) -> (String, Value)) {
    let rows = world.rows_of(table, "ACCOUNT#").await;
    let row = rows.iter().find(|row| row["sk"].as_str().unwrap().starts_with(beginning)).expect("a row to copy");
    let copies = (0..many).map(|number| {
        let (sk, members) = change(&format!("01981e5a-6f1c-7c3a-8b47-{number:012x}"));
        with(&with(row, &members), &json!({ "sk": sk }))
    });
    world.put_rows(table, copies.collect()).await;
}

async fn has_many(world: &World) {
    copied(world, "Sessions", "SESSION#", 150, |id| (format!("SESSION#{id}"), json!({ "id": id }))).await;
    copied(world, "Grants", "PAT#", 60, |id| (format!("PAT#{id}"), json!({ "id": id }))).await;
    copied(world, "Grants", "EVENT#", 200, |id| (format!("EVENT#{id}"), json!({ "id": id }))).await;
    let key = |id: &str| (format!("KEY#{id}"), json!({ "id": id, "fingerprint": id }));
    copied(world, "ExchangeKeys", "KEY#", 1_000, key).await;
    let event = |id: &str| (format!("EVENT#{id}#{id}"), json!({ "id": id }));
    copied(world, "ExchangeKeys", "EVENT#", 1_500, event).await;
}

#[tokio::test]
async fn an_account_with_sessions_keys_and_accesses_by_the_thousand_is_deleted_all_the_same() {
    let world = World::start().await;
    let (ada, session) = with_everything(&world).await;
    has_many(&world).await;
    asks_for_the_end(&ada, &session).await.assert_ok();
    assert_eq!(world.rows_of("Sessions", "ACCOUNT#").await.len(), 1, "only the guard");
    assert!(tokens_of(&world, &session).await.is_empty());
    copied(&world, "Accounts", "EVENT#", 1_500, |id| (format!("EVENT#{id}"), json!({ "id": id }))).await;
    world.advance(7 * DAY);
    world.end_accounts_to_the_last().await;
    for (table, row) in rows_about(&world, &ada, &session).await {
        assert!(row.get("ttl").is_some() || row.get("ended_at").is_some(), "{table}: {row}");
        assert!(table != "ExchangeKeys" || row["sk"] == "COUNT", "{row}");
        assert!(table != "Grants", "{row}");
    }
    assert!(world.rows("Endings").await.is_empty());
}

#[tokio::test]
async fn what_does_not_fit_into_one_round_is_for_the_next() {
    let world = World::start().await;
    let (ada, session) = with_everything(&world).await;
    asks_for_the_end(&ada, &session).await.assert_ok();
    copied(&world, "Accounts", "EVENT#", 200, |id| (format!("EVENT#{id}"), json!({ "id": id }))).await;
    let (store, account) = (world.store(), AccountId::parse(&session.user_id).unwrap());
    let events = || async { world.rows_of("Accounts", "ACCOUNT#").await.len() - 2 };
    let sweep = |time: Duration| store.sweep(Rows::AccountEventsOf(account), &[], Instant::now() + time);
    assert!(!sweep(Duration::ZERO).await.unwrap());
    assert_eq!(events().await, 201, "there was no time");
    let (mut rounds, mut before) = (0, 201);
    while !sweep(Duration::from_millis(30)).await.unwrap() {
        let left = events().await;
        assert!(left <= before, "each round goes on where the one before ended");
        (rounds, before) = (rounds + 1, left);
    }
    assert!(rounds > 2, "{rounds}");
    assert_eq!(events().await, 0);
    // What is not asked for stays.
    assert!(Session::of(&world.person().signed_in().await.0.logs_in().await).access.len() > 20);
    assert_eq!(ada.account().await["address"], ada.email);
}

/// The ids of all events on the pages of a list or an export. Every page that has some takes these calls of one each.
async fn all_pages(world: &World, session: &Session, path: &str, events: &str, calls: &[&str]) -> Vec<Value> {
    let calls = calls.iter().map(|call| ((*call).to_owned(), 1)).collect();
    let (mut found, mut next, mut count) = (Vec::new(), Some(path.to_owned()), 0);
    while let Some(path_of_page) = next {
        let (reply, made) = world.calls(world.get_as(session, &path_of_page)).await;
        let body = reply.assert_ok();
        assert!(reply.text.len() <= 4 * 1024 * 1024, "{} bytes", reply.text.len());
        let events = body.pointer(events).and_then(Value::as_array).into_iter().flatten();
        let before = found.len();
        found.extend(events.map(|event| event["id"].clone()));
        assert!(found.len() == before || made.dynamodb == calls, "{:?}", made.dynamodb);
        count += 1;
        let joint = if path.contains('?') { '&' } else { '?' };
        next = body["next_cursor"].as_str().map(|cursor| format!("{path}{joint}cursor={cursor}"));
    }
    println!("{path}: {} events on {count} pages", found.len());
    found
}

/// Rounds until nothing is due, each of which a function has the time for.
async fn rounds(world: &World) -> usize {
    let mut rounds = 0;
    while !world.rows("Endings").await.is_empty() {
        let start = Instant::now();
        world.end_accounts().await;
        rounds += 1;
        let (took, left) = (start.elapsed(), world.rows_of("Accounts", "ACCOUNT#").await.len());
        println!("round {rounds}: {took:.1?}, {left} rows left");
        assert!(took < TIMEOUT, "{took:?}");
        world.advance(15 * 60);
    }
    rounds
}

#[tokio::test]
#[ignore = "takes minutes: cargo test --workspace --test suite -- --ignored --nocapture a_hundred_thousand_events"]
async fn a_hundred_thousand_events_are_pages_of_the_same_calls_and_a_few_rounds() {
    const MANY: usize = 100_000;
    let world = World::start().await;
    let (ada, session) = with_everything(&world).await;
    let language = json!({ "language": "de" });
    world.patch_as(&session, "/auth/preferences", language).await.assert_ok();
    copied(&world, "Accounts", "EVENT#", MANY, |id| (format!("EVENT#{id}"), json!({ "id": id }))).await;
    let listed = all_pages(&world, &session, "/auth/events?limit=100", "/events", &["GetItem", "Query"]).await;
    let calls = ["GetItem", "Query", "UpdateItem"];
    let exported = all_pages(&world, &session, "/auth/export", "/data/events", &calls).await;
    // That of the export itself comes in between.
    assert!(listed.len() > MANY && exported.len() == listed.len() + 1, "{} {}", listed.len(), exported.len());
    asks_for_the_end(&ada, &session).await.assert_ok();
    world.advance(7 * DAY);
    let rounds = rounds(&world).await;
    assert!((3..20).contains(&rounds), "{rounds}");
    assert_eq!(world.rows_of("Accounts", "ACCOUNT#").await.len(), 1, "a tombstone");
}
