//! A key that can send funds away stays blocked until a test says otherwise, whatever is done to what stands around it.

use paper::Canned;
use serde_json::{Value, json};
use tests::World;

use super::{
    Owner, assert_conflict, binance, demo, fingerprints_agree, forget_uses, nothing_is_left, text, with, without,
};

const BLOCKED: &str = "KEY_CAN_WITHDRAW";

/// What Coinbase says of a key.
fn coinbase_says(can_transfer: &Value) -> Canned {
    let body = json!({ "can_view": true, "can_trade": true, "can_transfer": can_transfer });
    Canned::new(200, body.to_string())
}

/// What changes credentials.
fn credentials(body: &Value) -> Value {
    let names = ["api_key", "secret", "passphrase"];
    let members = names.into_iter().filter_map(|name| Some((name.to_owned(), body.get(name)?.clone())));
    Value::Object(members.collect())
}

/// Stores a key and tests it: it can withdraw.
async fn is_blocked(ada: &Owner<'_>, body: &Value) -> String {
    let id = ada.keeps(body).await;
    assert_eq!(ada.tests(&id).await.body["data"]["key_status"], "blocked");
    assert_conflict(&ada.decrypts(&id).await, BLOCKED);
    id
}

/// The list says that it is blocked, and it is.
async fn stays_blocked(ada: &Owner<'_>, id: &str, why: &str) {
    assert_eq!(ada.sees(id).await["status"], "blocked", "{why}");
    let reply = ada.decrypts(id).await;
    assert_eq!(reply.status, 409, "{why}: {reply:?}");
    assert_conflict(&reply, BLOCKED);
    fingerprints_agree(ada.world).await;
}

#[tokio::test]
async fn a_blocked_key_stays_blocked_under_the_other_form_of_its_name() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let body = demo(&world, "coinbase", "withdraw");
    let name = text(&body["api_key"]);
    let short = name.rsplit('/').next().unwrap();
    let id = is_blocked(&ada, &body).await;
    for name in [
        short,
        &short.to_uppercase(),
        &name.to_uppercase().replace("ORGANIZATIONS", "organizations").replace("APIKEYS", "apiKeys"),
        &name,
    ] {
        ada.changes(&id, json!({ "api_key": name, "secret": body["secret"] })).await.assert_ok();
        stays_blocked(&ada, &id, name).await;
    }
}

#[tokio::test]
async fn a_blocked_key_stays_blocked_in_every_form_of_its_secret() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let body = demo(&world, "binance", "withdraw");
    assert_eq!(body["key_type"], "ed25519");
    let id = is_blocked(&ada, &body).await;
    for change in [
        json!({ "secret": body["secret"], "key_type": "ed25519" }),
        json!({ "secret": body["secret"], "key_type": "hmac" }),
        json!({ "secret": body["secret"], "key_type": "ed25519", "api_key": body["api_key"] }),
        json!({ "secret": "another", "api_key": text(&body["api_key"]).to_lowercase() }),
        json!({ "label": "x" }),
        json!({ "is_active": false }),
        json!({ "is_active": true }),
    ] {
        ada.changes(&id, change.clone()).await.assert_ok();
        if change["is_active"] != false {
            stays_blocked(&ada, &id, &change.to_string()).await;
        }
    }
}

#[tokio::test]
async fn a_blocked_key_that_comes_back_is_blocked_still() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let (blocked, other) = (demo(&world, "okx", "withdraw"), demo(&world, "okx", "ok"));
    let id = is_blocked(&ada, &blocked).await;
    let secret = with(&credentials(&blocked), json!({ "secret": "another" }));
    for way_back in [credentials(&blocked), secret, credentials(&blocked)] {
        ada.changes(&id, credentials(&other)).await.assert_ok();
        assert_eq!(ada.sees(&id).await["status"], "untested");
        ada.decrypts(&id).await.assert_ok();
        forget_uses(&world).await;
        ada.changes(&id, way_back).await.assert_ok();
        stays_blocked(&ada, &id, "back again").await;
    }
    // A test that says otherwise counts, also after the key has been away.
    world.aws.paper().set_canned(Some(Canned::new(200, r#"{"code":"0","data":[{"perm":"read_only,trade","ip":""}]}"#)));
    assert_eq!(ada.tests(&id).await.body["data"]["key_status"], "ok");
    ada.decrypts(&id).await.assert_ok();
    ada.changes(&id, credentials(&other)).await.assert_ok();
    ada.changes(&id, credentials(&blocked)).await.assert_ok();
    assert_eq!(ada.sees(&id).await["status"], "untested");
    ada.decrypts(&id).await.assert_ok();
    // With the key goes what was known of it.
    ada.deletes(&id).await.assert_ok();
    let rows = super::rows_but_events(&world).await;
    assert!(!rows.iter().any(|row| text(&row["sk"]).starts_with("KEY#") || row["sk"] == "FINGERPRINT"), "{rows:#?}");
}

#[tokio::test]
async fn a_blocked_secret_stays_blocked_under_a_name_that_is_made_up() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let (blocked, other) = (demo(&world, "okx", "withdraw"), demo(&world, "okx", "ok"));
    let id = is_blocked(&ada, &blocked).await;
    let made_up = |name: &str| with(&credentials(&blocked), json!({ "api_key": name }));
    ada.changes(&id, made_up("made-up-by-ada-01")).await.assert_ok();
    stays_blocked(&ada, &id, "the same secret").await;
    ada.changes(&id, with(&made_up("made-up-by-ada-01"), json!({ "secret": "another" }))).await.assert_ok();
    stays_blocked(&ada, &id, "the same name").await;
    ada.changes(&id, credentials(&other)).await.assert_ok();
    ada.decrypts(&id).await.assert_ok();
    ada.changes(&id, made_up("made-up-by-ada-02")).await.assert_ok();
    stays_blocked(&ada, &id, "back again under another name").await;
    world.aws.paper().set_canned(Some(Canned::new(200, r#"{"code":"0","data":[{"perm":"read_only,trade","ip":""}]}"#)));
    assert_eq!(ada.tests(&id).await.body["data"]["key_status"], "ok");
    ada.decrypts(&id).await.assert_ok();
}

#[tokio::test]
async fn what_was_blocked_before_is_remembered_for_as_long_as_the_key_is_kept_and_no_name_is() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    world.aws.paper().set_canned(Some(Canned::new(200, r#"{"code":"0","data":[{"perm":"withdraw","ip":""}]}"#)));
    let id = ada.keeps(&demo(&world, "okx", "ok")).await;
    let name = |number| text(&made_up(number)["api_key"]);
    let body = |number, secret: &str| with(&made_up(number), json!({ "secret": format!("{secret}-{number}") }));
    for number in 0..6 {
        ada.changes(&id, body(number, "first-secret")).await.assert_ok();
        forget_uses(&world).await;
        assert_eq!(ada.tests(&id).await.body["data"]["key_status"], "blocked");
    }
    let row = ada.row(&id).await.to_string();
    for number in (0..6).rev() {
        assert!(!row.contains(&name(number)[..8]) && !row.contains("first-secret"), "{row}");
        ada.changes(&id, body(number, "second-secret")).await.assert_ok();
        stays_blocked(&ada, &id, &name(number)).await;
    }
}

/// A name of OKX that is made up, and a secret for it.
fn made_up(number: u32) -> Value {
    let name = format!("{:08x}-7e1b-4c55-8f3a-2d9b8e6a7c10", 0xabcd_ef10 + number);
    json!({ "api_key": name, "secret": format!("made-up-{number}"), "passphrase": "p" })
}

#[tokio::test]
async fn nothing_that_is_made_up_pushes_a_verdict_out() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let blocked = demo(&world, "okx", "withdraw");
    let id = is_blocked(&ada, &blocked).await;
    // Each has either its name or its secret from the one before, so that each is blocked.
    let mut presumed = credentials(&blocked);
    for number in 0..24 {
        let member = if number % 2 == 0 { "secret" } else { "api_key" };
        presumed[member] = made_up(number)[member].clone();
        ada.changes(&id, presumed.clone()).await.assert_ok();
        stays_blocked(&ada, &id, "made up of what is blocked").await;
        forget_uses(&world).await;
    }
    ada.changes(&id, made_up(24)).await.assert_ok();
    ada.changes(&id, credentials(&blocked)).await.assert_ok();
    stays_blocked(&ada, &id, "back again").await;
}

#[tokio::test]
async fn a_blocked_credential_stays_with_its_key_until_that_is_deleted() {
    let world = World::start().await;
    let (ada, bob) = (Owner::of(&world).await, Owner::of(&world).await);
    let blocked = demo(&world, "okx", "withdraw");
    let one = is_blocked(&ada, &blocked).await;
    let other = ada.keeps(&demo(&world, "okx", "ok")).await;
    let bobs = bob.keeps(&binance("a-key-of-bobs-own")).await;
    ada.changes(&one, made_up(0)).await.assert_ok();
    ada.decrypts(&one).await.assert_ok();
    assert_conflict(&ada.changes(&other, credentials(&blocked)).await, "KEY_ALREADY_STORED");
    assert_conflict(&ada.creates(&blocked).await, "KEY_ALREADY_STORED");
    assert_conflict(&bob.creates(&blocked).await, "KEY_ALREADY_STORED");
    bob.deletes(&bobs).await.assert_ok();
    ada.changes(&one, credentials(&blocked)).await.assert_ok();
    stays_blocked(&ada, &one, "back again").await;
    ada.changes(&one, made_up(1)).await.assert_ok();
    ada.deletes(&one).await.assert_ok();
    ada.changes(&other, credentials(&blocked)).await.assert_ok();
    assert_eq!(ada.sees(&other).await["status"], "untested");
    ada.deletes(&other).await.assert_ok();
    nothing_is_left(&world).await;
}

#[tokio::test]
async fn a_key_that_had_too_many_blocked_credentials_can_only_be_deleted() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    world.aws.paper().set_canned(Some(Canned::new(200, r#"{"code":"0","data":[{"perm":"withdraw","ip":""}]}"#)));
    let id = ada.keeps(&with(&demo(&world, "okx", "ok"), made_up(0))).await;
    for number in 1..=20 {
        forget_uses(&world).await;
        assert_eq!(ada.tests(&id).await.body["data"]["key_status"], "blocked");
        ada.changes(&id, made_up(number)).await.assert_ok();
    }
    // One that nothing is known of leaves nothing behind.
    ada.changes(&id, made_up(21)).await.assert_ok();
    forget_uses(&world).await;
    assert_eq!(ada.tests(&id).await.body["data"]["key_status"], "blocked");
    let before = ada.row(&id).await;
    let refused = ada.changes(&id, made_up(22)).await;
    assert_conflict(&refused, "TOO_MANY_BLOCKED");
    assert!(text(&refused.body["message"]).ends_with(": delete it"), "{refused:?}");
    assert_eq!(ada.row(&id).await, before);
    assert_conflict(&ada.decrypts(&id).await, BLOCKED);
    ada.changes(&id, json!({ "label": "x" })).await.assert_ok();
    // One that comes back makes room for the one that goes.
    ada.changes(&id, made_up(0)).await.assert_ok();
    stays_blocked(&ada, &id, "the first of them").await;
    ada.deletes(&id).await.assert_ok();
    nothing_is_left(&world).await;
}

#[tokio::test]
async fn a_test_that_does_not_know_whether_it_can_withdraw_unblocks_nothing() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let id = is_blocked(&ada, &demo(&world, "coinbase", "withdraw")).await;
    for unknown in [json!(null), json!("false"), json!(0)] {
        world.aws.paper().set_canned(Some(coinbase_says(&unknown)));
        forget_uses(&world).await;
        let data = ada.tests(&id).await.body["data"].clone();
        assert_eq!((&data["status"], &data["permissions"]["withdraw"]), (&json!("ok"), &json!(null)));
        assert_eq!(data["key_status"], "blocked");
        stays_blocked(&ada, &id, "unknown is not no").await;
    }
    world.aws.paper().set_canned(Some(coinbase_says(&json!(false))));
    assert_eq!(ada.tests(&id).await.body["data"]["key_status"], "ok");
    ada.decrypts(&id).await.assert_ok();
}

#[tokio::test]
async fn a_key_that_is_put_back_with_a_credential_that_it_has_left_behind_is_noticed() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let blocked = demo(&world, "okx", "withdraw");
    let id = is_blocked(&ada, &blocked).await;
    let before = ada.row(&id).await;
    ada.changes(&id, made_up(0)).await.assert_ok();
    world.tamper("ExchangeKeys", &before, "label", json!("put back")).await;
    ada.changes(&id, json!({ "label": "x" })).await.assert_internal_error();
    ada.deletes(&id).await.assert_ok();
}

#[tokio::test]
async fn a_credential_left_behind_that_somebody_has_taken_away_is_noticed() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let blocked = demo(&world, "okx", "withdraw");
    let id = is_blocked(&ada, &blocked).await;
    ada.changes(&id, made_up(0)).await.assert_ok();
    let rows = world.rows_of("ExchangeKeys", "FINGERPRINT#").await;
    let left = rows.iter().find(|row| row["sends_funds"] == "found").unwrap();
    world.remove("ExchangeKeys", left).await;
    ada.changes(&id, credentials(&blocked)).await.assert_internal_error();
    ada.deletes(&id).await.assert_ok();
    nothing_is_left(&world).await;
}

#[tokio::test]
async fn a_key_that_is_put_back_as_it_was_before_its_test_is_noticed() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let id = ada.keeps(&demo(&world, "okx", "withdraw")).await;
    let before = ada.row(&id).await;
    assert_eq!(ada.tests(&id).await.body["data"]["key_status"], "blocked");
    world.tamper("ExchangeKeys", &before, "label", json!("put back")).await;
    let (reply, calls) = world.calls(ada.decrypts(&id)).await;
    reply.assert_internal_error();
    assert!(calls.kms.is_empty(), "{calls:?}");
    ada.changes(&id, json!({ "label": "x" })).await.assert_internal_error();
    // The next test finds it out again.
    assert_eq!(ada.tests(&id).await.body["data"]["key_status"], "blocked");
    stays_blocked(&ada, &id, "found out again").await;
    assert_eq!(without(&ada.row(&id).await, "updated_at")["label"], "put back");
}
