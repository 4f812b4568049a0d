//! Rows that do not agree: a change that is seen by half, and what somebody has put back.

use serde_json::{Value, json};
use tests::{Reply, World};

use super::{TRANSACTION, left_by, set_rows};
use crate::{
    api_keys::{Owner, binance, fingerprints_agree, nothing_is_left, rows_but_events, text, with},
    logs,
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_record_put_back_during_a_change_is_noticed() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let id = ada.keeps(&binance("the-first-name-1")).await;
    let old = ada.row(&id).await;
    ada.changes(&id, json!({ "secret": "another" })).await.assert_ok();
    world.tamper("ExchangeKeys", &old, "version", json!(2)).await;
    ada.changes(&id, json!({ "label": "x" })).await.assert_internal_error();
    ada.decrypts(&id).await.assert_internal_error();
    let current = with(&old, json!({ "secret_version": 2, "version": 2 }));
    world.tamper("ExchangeKeys", &current, "label", json!("x")).await;
    ada.decrypts(&id).await.assert_internal_error();
}

/// How often somebody was suspected of having written to the table behind our back, since the log was captured.
fn suspicions() -> usize {
    logs::lines().iter().filter(|line| line["event"] == "record_rolled_back").count()
}

/// A request that meets a change which is carried out but not to be seen whole yet: the credential is, the key is not. That lasts
/// until the request has tried to write and looked again.
async fn half_seen(world: &World, request: impl Future<Output = Reply>, whole: Vec<Value>) -> Reply {
    let is_key = |row: &Value| text(&row["sk"]).starts_with("KEY#");
    let (keys, others): (Vec<_>, Vec<_>) = whole.into_iter().partition(is_key);
    let old = rows_but_events(world).await.into_iter().filter(is_key);
    set_rows(world, others.into_iter().chain(old).collect()).await;
    world.aws.reset_calls();
    let becomes_whole = async {
        world.called(TRANSACTION, 1).await;
        // It has looked at the key and its fingerprint again, and seen the half.
        world.called("GetItem", world.times_called("GetItem") + 2).await;
        world.put_rows("ExchangeKeys", keys).await;
    };
    tokio::join!(request, becomes_whole).0
}

#[tokio::test]
async fn a_change_that_is_seen_by_half_is_not_taken_for_tampering() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let id = ada.keeps(&binance("the-first-name-1")).await;
    logs::capture();
    let rotated = left_by(&ada, &id, json!({ "secret": "another" })).await;
    let shown = half_seen(&world, ada.decrypts(&id), rotated).await;
    assert_eq!((shown.status, &shown.body["data"]["secret"]), (200, &json!("another")));
    let rotated = left_by(&ada, &id, json!({ "secret": "a-third" })).await;
    half_seen(&world, ada.changes(&id, json!({ "label": "x" })), rotated).await.assert_ok();
    let rotated = left_by(&ada, &id, json!({ "secret": "a-fourth" })).await;
    half_seen(&world, ada.changes(&id, json!({ "secret": "a-fifth" })), rotated).await.assert_ok();
    assert_eq!(ada.decrypts(&id).await.body["data"]["secret"], "a-fifth");
    fingerprints_agree(&world).await;
    let rotated = left_by(&ada, &id, json!({ "secret": "a-sixth" })).await;
    half_seen(&world, ada.deletes(&id), rotated).await.assert_ok();
    nothing_is_left(&world).await;
    assert_eq!(suspicions(), 0);
}

#[tokio::test]
async fn what_does_not_become_whole_is_tampering() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let id = ada.keeps(&binance("the-first-name-1")).await;
    logs::capture();
    let old = ada.row(&id).await;
    ada.changes(&id, json!({ "secret": "another" })).await.assert_ok();
    world.tamper("ExchangeKeys", &old, "label", json!("put back")).await;
    ada.decrypts(&id).await.assert_internal_error();
    ada.changes(&id, json!({ "label": "x" })).await.assert_internal_error();
    ada.changes(&id, json!({ "secret": "a-third" })).await.assert_internal_error();
    ada.deletes(&id).await.assert_ok();
    assert_eq!(suspicions(), 4);
}
