//! An account has up to 1,000 keys; how many it has, one row says, which changes with them.

use std::time::Duration;

use futures::future::join_all;
use serde_json::{Value, json};
use tests::{Reply, World};

use super::{Owner, assert_conflict, binance, demo, fingerprints_agree, rows, text, with};

const MOST: usize = 1_000;

/// The row that counts, and how many keys there are.
async fn counted(ada: &Owner<'_>) -> (Value, usize) {
    let rows = rows(ada.world).await;
    let own: Vec<_> = rows.iter().filter(|row| row["pk"] == format!("ACCOUNT#{}", ada.session.user_id)).collect();
    let count = own.iter().find(|row| row["sk"] == "COUNT").map_or(Value::Null, |row| (*row).clone());
    (count, own.iter().filter(|row| text(&row["sk"]).starts_with("KEY#")).count())
}

/// It says what there is.
async fn agrees(ada: &Owner<'_>, expected: usize) {
    let (count, keys) = counted(ada).await;
    assert_eq!((&count["keys"], keys), (&json!(expected), expected), "{count}");
}

/// As if the account had so many keys, one of them a real one; the id of that.
async fn has(ada: &Owner<'_>, keys: usize) -> String {
    let id = ada.keeps(&binance("the-first-name-1")).await;
    let row = ada.row(&id).await;
    let copies = (1..keys).map(|number| {
        let id = format!("01981e5a-6f1c-7c3a-8b47-{number:012x}");
        with(&row, json!({ "id": id, "sk": format!("KEY#{id}"), "fingerprint": format!("copy-{number}") }))
    });
    ada.world.put_rows("ExchangeKeys", copies.collect()).await;
    let (count, _) = counted(ada).await;
    assert_eq!(count["keys"], 1);
    ada.world.tamper("ExchangeKeys", &count, "keys", json!(keys)).await;
    id
}

fn count(replies: &[Reply], status: u64) -> usize {
    replies.iter().filter(|reply| reply.status == status).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_twenty_keys_at_once_those_are_stored_that_there_is_room_for() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    has(&ada, 990).await;
    world.hold("TransactWriteItems", 20);
    let bodies: Vec<_> = (0..20).map(|number| binance(&format!("name-of-number-{number}"))).collect();
    let replies = join_all(bodies.iter().map(|body| ada.creates(body))).await;
    assert_eq!((count(&replies, 200), count(&replies, 409)), (10, 10), "{replies:?}");
    replies.iter().filter(|reply| reply.status == 409).for_each(|reply| assert_conflict(reply, "TOO_MANY_KEYS"));
    agrees(&ada, MOST).await;
}

#[tokio::test]
async fn who_has_too_many_is_told_and_deletes_one_to_store_another() {
    let world = World::start().await;
    let (ada, bob) = (Owner::of(&world).await, Owner::of(&world).await);
    let id = has(&ada, MOST).await;
    let before = rows(&world).await;
    let full = ada.creates(&binance("one-too-many")).await;
    assert_conflict(&full, "TOO_MANY_KEYS");
    assert_eq!(full.body["message"], "No more than 1000 API keys can be stored: delete one first");
    assert_eq!(rows(&world).await, before);
    // A key that is stored already is that before all.
    assert_conflict(&ada.creates(&binance("the-first-name-1")).await, "KEY_ALREADY_STORED");
    bob.keeps(&binance("one-too-many")).await;
    agrees(&bob, 1).await;
    // What is there can be changed.
    ada.changes(&id, json!({ "secret": "another" })).await.assert_ok();
    ada.deletes(&id).await.assert_ok();
    agrees(&ada, MOST - 1).await;
    ada.keeps(&binance("another-in-its-place")).await;
    agrees(&ada, MOST).await;
    assert_conflict(&ada.creates(&binance("and-one-too-many")).await, "TOO_MANY_KEYS");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_stored_and_deleted_at_once_is_counted() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let mut ids = Vec::new();
    for number in 0..6 {
        ids.push(ada.keeps(&binance(&format!("name-of-number-{number}"))).await);
    }
    agrees(&ada, 6).await;
    let bodies: Vec<_> = (0..8).map(|number| binance(&format!("another-number-{}", number % 6))).collect();
    world.hold("TransactWriteItems", 20);
    let (created, deleted) = tokio::join!(
        join_all(bodies.iter().map(|body| ada.creates(body))),
        join_all((0..12).map(|number| ada.deletes(&ids[number % 6]))),
    );
    assert_eq!((count(&created, 200), count(&created, 409)), (6, 2), "{created:?}");
    assert_eq!((count(&deleted, 200), count(&deleted, 404)), (6, 6), "{deleted:?}");
    agrees(&ada, 6).await;
    fingerprints_agree(&world).await;
    for key in ada.lists().await {
        ada.deletes(&text(&key["id"])).await.assert_ok();
    }
    agrees(&ada, 0).await;
}

#[tokio::test]
async fn the_count_is_no_key() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let id = ada.keeps(&binance("the-first-name-1")).await;
    let listed = ada.sends("GET", "", None).await;
    assert_eq!((listed.body["data"]["api_keys"][0]["id"].as_str(), ada.lists().await.len()), (Some(id.as_str()), 1));
    assert_eq!(listed.body["data"]["next_cursor"], json!(null));
    let (count, _) = counted(&ada).await;
    let pk = format!("ACCOUNT#{}", ada.session.user_id);
    assert_eq!(count, json!({ "pk": pk, "sk": "COUNT", "keys": 1 }));
}

#[tokio::test]
async fn deleting_what_was_tampered_with_leaves_the_count_right() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    ada.keeps(&binance("the-one-that-stays")).await;
    // An older record of a key, and one of a key that is gone: both are put back.
    let (older, gone) = (ada.keeps(&binance("the-first-name-1")).await, ada.keeps(&binance("the-second-name2")).await);
    let rows = [ada.row(&older).await, ada.row(&gone).await];
    ada.changes(&older, json!({ "secret": "another" })).await.assert_ok();
    ada.deletes(&gone).await.assert_ok();
    agrees(&ada, 2).await;
    for row in &rows {
        world.tamper("ExchangeKeys", row, "label", json!("put back")).await;
    }
    assert_eq!(counted(&ada).await.1, 3);
    ada.deletes(&gone).await.assert_ok();
    agrees(&ada, 2).await;
    ada.deletes(&older).await.assert_ok();
    agrees(&ada, 1).await;

    // The row itself: a number that cannot be, and none.
    let third = ada.keeps(&binance("the-third-name-3")).await;
    let (count, _) = counted(&ada).await;
    world.tamper("ExchangeKeys", &count, "keys", json!(0)).await;
    ada.deletes(&third).await.assert_ok();
    agrees(&ada, 1).await;
    let fourth = ada.keeps(&binance("the-fourth-name4")).await;
    world.remove("ExchangeKeys", &count).await;
    ada.deletes(&fourth).await.assert_ok();
    agrees(&ada, 1).await;
}

#[tokio::test]
async fn an_account_that_has_ended_stores_no_key() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let id = ada.keeps(&binance("the-first-name-1")).await;
    let (count, _) = counted(&ada).await;
    world.tamper("ExchangeKeys", &count, "ended_at", json!(world.now().as_second())).await;
    let before = rows(&world).await;
    let reply = ada.creates(&binance("after-the-end-00")).await;
    assert_eq!((reply.status, &reply.body), (401, &json!({ "detail": "Invalid or expired token" })));
    assert_eq!(rows(&world).await, before);
    ada.deletes(&id).await.assert_ok();
}

#[tokio::test]
async fn an_account_that_ended_before_it_stored_any_key_stores_none() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let pk = format!("ACCOUNT#{}", ada.session.user_id);
    let end = json!({ "pk": pk, "sk": "COUNT", "ended_at": world.now().as_second() });
    world.put_rows("ExchangeKeys", vec![end]).await;
    let before = rows(&world).await;
    for verify in [false, true] {
        let reply = ada.creates(&with(&demo(&world, "okx", "ok"), json!({ "verify": verify }))).await;
        assert_eq!((reply.status, &reply.body), (401, &json!({ "detail": "Invalid or expired token" })));
    }
    assert_eq!(rows(&world).await, before);
}

#[tokio::test]
async fn who_has_too_many_is_told_before_a_key_is_tried() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    has(&ada, MOST).await;
    let before = rows(&world).await;
    let verified = with(&demo(&world, "okx", "ok"), json!({ "verify": true }));
    let (reply, calls) = world.calls(ada.creates(&verified)).await;
    assert_conflict(&reply, "TOO_MANY_KEYS");
    assert!(calls.kms.is_empty() && world.aws.paper().calls().is_empty(), "{calls:?}");
    assert_eq!(rows(&world).await, before);
}

#[tokio::test]
async fn who_meets_somebody_else_at_the_count_reads_nothing_before_the_next_round() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    ada.keeps(&binance("the-first-name-1")).await;
    world.aws.no_conflicts().await;
    world.aws.set_conflicts(Duration::from_millis(300));
    ada.keeps(&binance("the-second-name2")).await;
    world.aws.reset_calls();
    ada.keeps(&binance("the-third-name-3")).await;
    let calls = world.aws.calls().dynamodb;
    assert!(calls["TransactWriteItems"] > 1, "{calls:?}");
    // Its session.
    assert_eq!(calls["GetItem"], 1, "{calls:?}");
}
