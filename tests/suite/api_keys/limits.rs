//! How often: all users share the addresses that exchanges see, and nobody needs a secret twenty times a minute.

use serde_json::json;
use tests::{Reply, World};

use super::{Owner, assert_conflict, assert_no_key, demo, with};

const UNKNOWN: &str = "01981e5a-6f1c-7c3a-8b47-2f7f0a4b8a11";

pub(super) fn assert_too_many(reply: &Reply, at_most: u64) {
    assert_eq!((reply.status, &reply.body["success"]), (429, &json!(false)), "{reply:?}");
    assert_eq!(reply.body["data"], json!({ "code": "TOO_MANY_REQUESTS" }));
    let seconds: u64 = reply.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=at_most).contains(&seconds), "{seconds}");
}

#[tokio::test]
async fn a_key_is_tested_five_times_a_minute() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let (first, second) = (ada.keeps(&demo(&world, "okx", "ok")).await, ada.keeps(&demo(&world, "gate", "ok")).await);
    for _ in 0..5 {
        assert_eq!(ada.tests(&first).await.body["data"]["status"], "ok");
    }
    world.aws.paper().reset_calls();
    let (refused, calls) = world.calls(ada.tests(&first)).await;
    assert_too_many(&refused, 60);
    assert!(calls.kms.is_empty() && world.aws.paper().calls().is_empty());
    assert_eq!(ada.tests(&second).await.body["data"]["status"], "ok", "another key has its own limit");
    ada.decrypts(&first).await.assert_ok();
    world.advance(refused.header("retry-after").unwrap().parse().unwrap());
    assert_eq!(ada.tests(&first).await.body["data"]["status"], "ok");
}

#[tokio::test]
async fn a_user_tests_twenty_times_a_minute() {
    let world = World::start().await;
    let (ada, bob) = (Owner::of(&world).await, Owner::of(&world).await);
    let mut keys = Vec::new();
    for exchange in ["okx", "gate", "bybit", "bitget", "kucoin"] {
        keys.push(ada.keeps(&demo(&world, exchange, "ok")).await);
    }
    let other = bob.keeps(&demo(&world, "kraken", "ok")).await;
    for number in 0..20 {
        ada.tests(&keys[number % 4]).await.assert_ok();
    }
    assert_too_many(&ada.tests(&keys[4]).await, 60);
    assert_too_many(&ada.tests(UNKNOWN).await, 60);
    let verified = with(&demo(&world, "deribit", "ok"), json!({ "verify": true }));
    assert_too_many(&ada.creates(&verified).await, 60);
    bob.tests(&other).await.assert_ok();
    world.advance(60);
    ada.tests(&keys[4]).await.assert_ok();
    ada.creates(&verified).await.assert_ok();
}

#[tokio::test]
async fn a_key_is_shown_twenty_times_in_ten_minutes() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let (first, second) = (ada.keeps(&demo(&world, "okx", "ok")).await, ada.keeps(&demo(&world, "gate", "ok")).await);
    for _ in 0..20 {
        ada.decrypts(&first).await.assert_ok();
    }
    world.advance(60);
    let (refused, calls) = world.calls(ada.decrypts(&first)).await;
    assert_too_many(&refused, 600);
    assert!(calls.kms.is_empty());
    ada.decrypts(&second).await.assert_ok();
    world.advance(refused.header("retry-after").unwrap().parse().unwrap());
    ada.decrypts(&first).await.assert_ok();
}

#[tokio::test]
async fn a_user_sees_twenty_secrets_a_minute() {
    let world = World::start().await;
    let (ada, bob) = (Owner::of(&world).await, Owner::of(&world).await);
    let (first, second) = (ada.keeps(&demo(&world, "okx", "ok")).await, ada.keeps(&demo(&world, "gate", "ok")).await);
    let other = bob.keeps(&demo(&world, "bybit", "ok")).await;
    for _ in 0..10 {
        ada.decrypts(&first).await.assert_ok();
        assert_no_key(&ada.decrypts(UNKNOWN).await);
    }
    assert_too_many(&ada.decrypts(&second).await, 60);
    bob.decrypts(&other).await.assert_ok();
    world.advance(60);
    ada.decrypts(&second).await.assert_ok();
}

#[tokio::test]
async fn a_credential_is_counted_under_every_id_and_without_one() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let body = demo(&world, "okx", "ok");
    let verified = with(&body, json!({ "verify": true }));
    let id = ada.keeps(&verified).await;
    for _ in 1..5 {
        assert_conflict(&ada.creates(&verified).await, "KEY_ALREADY_STORED");
    }
    world.aws.paper().reset_calls();
    assert_too_many(&ada.tests(&id).await, 60);
    ada.deletes(&id).await.assert_ok();
    let id = ada.keeps(&body).await;
    assert_too_many(&ada.tests(&id).await, 60);
    assert!(world.aws.paper().calls().is_empty());

    for _ in 0..20 {
        ada.decrypts(&id).await.assert_ok();
    }
    world.advance(60);
    ada.deletes(&id).await.assert_ok();
    let id = ada.keeps(&body).await;
    assert_too_many(&ada.decrypts(&id).await, 600);
}
