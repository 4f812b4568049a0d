//! Pages of keys and of accesses: newest first, each once, one query each, however many there are.

use serde_json::{Value, json};
use shared::ids::KeyId;
use tests::{Reply, World};

use super::{Owner, binance, rows, text};

/// Keys of one user, copies of a real one. One for each millisecond, but that three in a row share theirs.
pub(super) async fn many_keys(ada: &Owner<'_>, count: u64) -> Vec<String> {
    let first = ada.keeps(&binance("name-of-the-key-1")).await;
    let row = ada.row(&first).await;
    let start = ada.world.clock.unix_ms() + 1_000;
    let copies: Vec<_> = (1..count)
        .map(|number| {
            let id = KeyId::at(start + number / 3).unwrap().to_string();
            let mut copy = row.clone();
            copy["sk"] = json!(format!("KEY#{id}"));
            copy["id"] = json!(id);
            copy
        })
        .collect();
    let mut ids: Vec<_> = copies.iter().map(|row| text(&row["id"])).chain([first]).collect();
    ada.world.put_rows("ExchangeKeys", copies).await;
    ids.sort();
    ids.reverse();
    ids
}

pub(super) fn page(reply: &Reply, list: &str) -> (Vec<String>, Option<String>) {
    reply.assert_ok();
    let data = &reply.body["data"];
    let ids = data[list].as_array().unwrap().iter().map(|entry| text(&entry["id"])).collect();
    (ids, data["next_cursor"].as_str().map(str::to_owned))
}

/// All pages, each of which costs the session and one query.
async fn walk(ada: &Owner<'_>, limit: usize) -> Vec<String> {
    let (mut found, mut query) = (Vec::new(), format!("?limit={limit}"));
    loop {
        ada.world.aws.reset_calls();
        let reply = ada.sends("GET", &query, None).await;
        let calls = ada.world.aws.calls();
        let cost: Vec<_> = calls.dynamodb.iter().map(|(name, count)| (name.as_str(), *count)).collect();
        assert_eq!((cost, calls.kms.len()), (vec![("GetItem", 1), ("Query", 1)], 0));
        let (ids, next) = page(&reply, "api_keys");
        assert!(next.is_none() || ids.len() == limit, "{} of {limit}", ids.len());
        found.extend(ids);
        match next {
            Some(cursor) => query = format!("?limit={limit}&cursor={cursor}"),
            None => return found,
        }
    }
}

#[tokio::test]
async fn ten_thousand_keys_are_a_hundred_pages_of_one_query_each() {
    let world = World::start().await;
    let (ada, bob) = (Owner::of(&world).await, Owner::of(&world).await);
    bob.keeps(&binance("a-key-of-bobs-own")).await;
    // moto reads all rows for every query.
    let count = if world.is_on_another_emulator() { 1_000 } else { 10_000 };
    let expected = many_keys(&ada, count).await;
    world.pause_mail().await;
    let found = walk(&ada, 100).await;
    assert_eq!((found.len(), found == expected), (expected.len(), true), "newest first, no duplicate, no gap");
    assert_eq!(page(&ada.sends("GET", "", None).await, "api_keys").0, expected[..50], "fifty where nothing is said");
}

#[tokio::test]
async fn a_page_may_have_any_length_from_one_to_a_hundred() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let expected = many_keys(&ada, 12).await;
    world.pause_mail().await;
    for limit in [1, 2, 3, 5, 11, 12, 13, 100] {
        assert_eq!(walk(&ada, limit).await, expected, "{limit}");
    }
    let (ids, cursor) = page(&ada.sends("GET", "?limit=12", None).await, "api_keys");
    assert_eq!((ids.len(), cursor), (12, None), "no page after the last key");
}

#[tokio::test]
async fn keys_that_come_and_go_meanwhile_disturb_no_page() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let expected = many_keys(&ada, 6).await;
    let (first, cursor) = page(&ada.sends("GET", "?limit=3", None).await, "api_keys");
    let cursor = cursor.unwrap();
    // The key that the cursor names is deleted, a newer one is made.
    let row = ada.row(&first[2]).await;
    let fingerprint = world.rows_of("ExchangeKeys", "FINGERPRINT#").await.remove(0);
    world.tamper("ExchangeKeys", &fingerprint, "key", row["id"].clone()).await;
    ada.deletes(&first[2]).await.assert_ok();
    world.advance(60);
    ada.keeps(&binance("name-of-the-key-1")).await;
    let (second, next) = page(&ada.sends("GET", &format!("?limit=3&cursor={cursor}"), None).await, "api_keys");
    assert_eq!((&first[..], &second[..], next), (&expected[..3], &expected[3..], None));
}

#[tokio::test]
async fn a_limit_out_of_bounds_is_refused_as_fastapi_does() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let id = ada.keeps(&binance("name-of-the-key-1")).await;
    for (limit, kind, context) in [
        ("0", "greater_than_equal", json!({ "ge": 1 })),
        ("-1", "greater_than_equal", json!({ "ge": 1 })),
        ("101", "less_than_equal", json!({ "le": 100 })),
        ("99999999999999999999", "less_than_equal", json!({ "le": 100 })),
        ("x", "int_parsing", json!(null)),
        ("", "int_parsing", json!(null)),
        ("5.0", "int_parsing", json!(null)),
    ] {
        for list in [format!("?limit={limit}"), format!("{id}/events?limit={limit}")] {
            let reply = ada.sends("GET", &list, None).await;
            let flaw = &reply.body["detail"][0];
            assert_eq!(
                (reply.status, &flaw["type"], &flaw["loc"]),
                (422, &json!(kind), &json!(["query", "limit"])),
                "{list}"
            );
            assert_eq!((&flaw["input"], flaw.get("ctx").unwrap_or(&Value::Null)), (&json!(limit), &context));
        }
    }
    ada.sends("GET", "?limit=1&limit=100", None).await.assert_ok();
}

#[tokio::test]
async fn a_cursor_that_nobody_gave_out_is_refused() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let ids = many_keys(&ada, 3).await;
    let (_, cursor) = page(&ada.sends("GET", "?limit=1", None).await, "api_keys");
    let cursor = cursor.unwrap();
    let before = rows(&world).await;
    let mut forged: Vec<_> = (0..cursor.len())
        .map(|at| {
            let other = if cursor.as_bytes()[at] == b'A' { "B" } else { "A" };
            format!("{}{other}{}", &cursor[..at], &cursor[at + 1..])
        })
        .collect();
    forged.extend([String::new(), cursor[1..].to_owned(), format!("{cursor}A"), format!("{cursor}="), ids[0].clone()]);
    forged.extend(["x", "%00", "null"].map(str::to_owned));
    for cursor in forged {
        let (reply, calls) = world.calls(ada.sends("GET", &format!("?cursor={cursor}"), None)).await;
        let flaw = &reply.body["detail"][0];
        assert_eq!((reply.status, &flaw["loc"]), (422, &json!(["query", "cursor"])), "{cursor}: {reply:?}");
        assert_eq!(calls.dynamodb.get("Query"), None, "{cursor}");
    }
    assert_eq!(rows(&world).await, before);
}

#[tokio::test]
async fn a_cursor_is_good_for_one_list() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let (first, second) =
        (ada.keeps(&binance("the-first-name-1")).await, ada.keeps(&binance("the-second-name2")).await);
    for id in [&first, &second] {
        ada.changes(id, json!({ "label": "x" })).await.assert_ok();
    }
    let lists = [String::new(), format!("{first}/events"), format!("{second}/events")];
    for from in &lists {
        let reply = ada.sends("GET", &format!("{from}?limit=1"), None).await;
        let cursor = text(&reply.body["data"]["next_cursor"]);
        for to in &lists {
            let reply = ada.sends("GET", &format!("{to}?cursor={cursor}"), None).await;
            assert_eq!(reply.status, if from == to { 200 } else { 422 }, "{from} {to}");
        }
    }
}
