//! How often: a program that asks too often keeps its owner from nothing, and many tokens are no way around what exchanges put up with.

use serde_json::json;
use tests::World;

use super::with_a_program;
use crate::api_keys::{assert_no_key, demo, limits::assert_too_many, with};

const UNKNOWN: &str = "01981e5a-6f1c-7c3a-8b47-2f7f0a4b8a11";

#[tokio::test]
async fn each_token_is_shown_secrets_by_a_count_of_its_own() {
    let world = World::start().await;
    let (ada, first) = with_a_program(&world).await;
    let second = ada.with(&ada.token().await);
    let id = ada.keeps(&demo(&world, "okx", "ok")).await;
    for _ in 0..20 {
        first.decrypts(&id).await.assert_ok();
    }
    // By the account in a minute, and by the credential in ten.
    assert_too_many(&first.decrypts(&id).await, 60);
    world.advance(60);
    assert_too_many(&first.decrypts(&id).await, 600);
    second.decrypts(&id).await.assert_ok();
    for _ in 0..20 {
        ada.decrypts(&id).await.assert_ok();
    }
    // And the owner uses up nothing of theirs.
    assert_too_many(&ada.decrypts(&id).await, 60);
    second.decrypts(&id).await.assert_ok();
}

#[tokio::test]
async fn all_tokens_together_test_twenty_times_a_minute_and_the_owner_besides() {
    let world = World::start().await;
    let (ada, first) = with_a_program(&world).await;
    let second = ada.with(&ada.token().await);
    let id = ada.keeps(&demo(&world, "okx", "ok")).await;
    for _ in 0..10 {
        assert_no_key(&first.tests(UNKNOWN).await);
        assert_no_key(&second.tests(UNKNOWN).await);
    }
    let verified = with(&demo(&world, "gate", "ok"), json!({ "verify": true }));
    let third = ada.with(&ada.token().await);
    world.aws.paper().reset_calls();
    for program in [&first, &second, &third] {
        assert_too_many(&program.tests(&id).await, 60);
        assert_too_many(&program.creates(&verified).await, 60);
    }
    assert!(world.aws.paper().calls().is_empty());
    ada.tests(&id).await.assert_ok();
    ada.creates(&verified).await.assert_ok();
    let (_, stranger) = with_a_program(&world).await;
    assert_no_key(&stranger.tests(UNKNOWN).await);
}

/// An exchange bans a key, and does not know who of its owner's programs has asked.
#[tokio::test]
async fn a_credential_is_tested_five_times_a_minute_whoever_asks() {
    let world = World::start().await;
    let (ada, first) = with_a_program(&world).await;
    let second = ada.with(&ada.token().await);
    let body = demo(&world, "okx", "ok");
    let id = ada.keeps(&body).await;
    world.aws.paper().reset_calls();
    for owner in [&first, &second, &ada, &first, &second] {
        assert_eq!(owner.tests(&id).await.body["data"]["status"], "ok");
    }
    let asked = world.aws.paper().calls().len();
    let verified = with(&body, json!({ "verify": true }));
    for owner in [&first, &second, &ada] {
        assert_too_many(&owner.tests(&id).await, 60);
        assert_too_many(&owner.creates(&verified).await, 60);
    }
    assert_eq!(world.aws.paper().calls().len(), asked);
    world.advance(60);
    ada.tests(&id).await.assert_ok();
}
