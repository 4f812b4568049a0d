//! `verify: true`: only what works and what the policy lets out again is stored.

use paper::Canned;
use serde_json::{Value, json};
use tests::{Reply, World};

use super::{Owner, assert_conflict, demo, rows_but_events, text, with};

fn verified(world: &World, exchange: &str, outcome: &str) -> Value {
    with(&demo(world, exchange, outcome), json!({ "verify": true }))
}

fn assert_refused(reply: &Reply, field: &str, reason: &str) {
    reply.assert_status(422);
    let flaw = &reply.body["detail"][0];
    assert_eq!((&flaw["loc"], &flaw["input"]), (&json!(["body", field]), &json!(null)));
    assert!(text(&flaw["msg"]).contains(reason), "{flaw}");
}

#[tokio::test]
async fn a_key_that_works_is_stored_with_what_was_found() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let (reply, calls) = world.calls(ada.creates(&verified(&world, "okx", "ok"))).await;
    reply.assert_ok();
    assert_eq!(calls.kms.into_iter().collect::<Vec<_>>(), [("GenerateDataKey".to_owned(), 1)]);
    assert_eq!(world.aws.paper().calls()["okx"], 1);
    let key = &reply.body["data"];
    assert_eq!((&key["status"], &key["warnings"]), (&json!("ok"), &json!(["TRADE_WITHOUT_IP_RESTRICTION"])));
    assert_eq!(key["permissions"], json!({ "read": true, "trade": true, "withdraw": false, "transfer": null }));
    assert!(key["last_tested_at"].is_string());
    let id = text(&key["id"]);
    assert_eq!(ada.sees(&id).await, *key);
    ada.decrypts(&id).await.assert_ok();
}

#[tokio::test]
async fn a_key_that_does_not_work_is_not_stored() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let before = rows_but_events(&world).await;
    let mut unknown = verified(&world, "okx", "ok");
    unknown["api_key"] = json!("nobody-knows-me");
    assert_refused(&ada.creates(&unknown).await, "api_key", "invalid_key");
    for (exchange, outcome, field, reason) in [
        ("okx", "bad_secret", "secret", "invalid_signature"),
        ("okx", "bad_passphrase", "passphrase", "invalid_passphrase"),
        ("okx", "wrong_ip", "api_key", "ip_not_allowed"),
        ("binance", "wrong_ip", "api_key", "ambiguous_credentials"),
        ("htx", "expired", "api_key", "key_expired"),
        ("binance", "withdraw", "api_key", "KEY_CAN_WITHDRAW"),
        ("kraken", "withdraw", "api_key", "KEY_CAN_WITHDRAW"),
        ("hyperliquid", "bad_secret", "api_key", "invalid_key"),
    ] {
        let body = verified(&world, exchange, outcome);
        let (reply, calls) = world.calls(ada.creates(&body)).await;
        assert_refused(&reply, field, reason);
        assert!(calls.kms.is_empty(), "{exchange} {outcome}");
        for name in ["api_key", "secret", "passphrase"] {
            assert!(body[name].as_str().is_none_or(|value| !reply.text.contains(value)), "{name} in {}", reply.text);
        }
        assert_eq!(rows_but_events(&world).await, before, "{exchange} {outcome}");
    }
    let misplaced = with(&verified(&world, "okx", "ok"), json!({ "environment": "demo" }));
    assert_refused(&ada.creates(&misplaced).await, "environment", "wrong_environment");
    assert_eq!(rows_but_events(&world).await, before);
}

#[tokio::test]
async fn a_key_that_cannot_be_tried_is_not_stored() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let before = rows_but_events(&world).await;
    for outcome in ["down", "rate_limited"] {
        let reply = ada.creates(&verified(&world, "binance", outcome)).await;
        assert_eq!((reply.status, &reply.body["data"]["code"]), (503, &json!("KEY_UNVERIFIED")), "{reply:?}");
        assert!(reply.header("retry-after").is_some());
    }
    world.aws.paper().set_canned(Some(Canned::new(200, "<html>")));
    assert_refused(&ada.creates(&verified(&world, "binance", "ok")).await, "exchange", "unrecognised_response");
    assert_eq!(rows_but_events(&world).await, before);
    world.aws.paper().set_canned(None);
    ada.creates(&verified(&world, "binance", "ok")).await.assert_ok();
}

#[tokio::test]
async fn where_the_house_allows_it_a_key_that_can_withdraw_is_stored() {
    let world = World::with_vault(|config| config.allow_withdrawal_keys = true).await;
    let ada = Owner::of(&world).await;
    let reply = ada.creates(&verified(&world, "okx", "withdraw")).await;
    assert_eq!(reply.body["data"]["warnings"], json!(["KEY_CAN_WITHDRAW"]), "{reply:?}");
    ada.decrypts(&text(&reply.body["data"]["id"])).await.assert_ok();
}

#[tokio::test]
async fn a_key_that_is_kept_already_is_refused_though_it_works() {
    let world = World::start().await;
    let (ada, bob) = (Owner::of(&world).await, Owner::of(&world).await);
    ada.keeps(&demo(&world, "okx", "ok")).await;
    assert_conflict(&bob.creates(&verified(&world, "okx", "ok")).await, "KEY_ALREADY_STORED");
    bob.creates(&with(&verified(&world, "binance", "bad_secret"), json!({ "verify": false }))).await.assert_ok();
}
