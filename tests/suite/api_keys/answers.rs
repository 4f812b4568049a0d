//! Every answer of every endpoint of the vault, as clients see it: a page each in `tests/snapshots/api_keys`.

use serde_json::{Value, json};
use tests::{Page, Reply, Session, World, no_text};

use super::{KEYS, Owner, binance, demo, step_up::changes_session, with};
use crate::{auth::changes::resets, endings::has_factors};

const FOLDER: &str = "api_keys";
/// A key that nobody has.
const UNKNOWN: &str = "01981e5a-6f1c-7c3a-8b47-2f7f0a4b8a11";

fn verified(body: &Value) -> Value {
    with(body, json!({ "verify": true }))
}

/// What a stranger is told, and whoever names a key that he does not have.
async fn no_such_caller_or_key(page: &mut Page, ada: &Owner<'_>, method: &'static str, rest: &str) {
    let path = format!("{KEYS}{UNKNOWN}{rest}");
    let change = (method == "PATCH").then(|| json!({ "label": "x" }));
    page.answer("Without a token", &ada.world.send(tests::authorized(method, &path, "", change.clone())).await);
    page.answer("A key that there is not", &ada.sends(method, &format!("{UNKNOWN}{rest}"), change.clone()).await);
    page.answer("An id that is none", &ada.sends(method, &format!("7{rest}"), change).await);
}

#[tokio::test]
async fn create() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let mut page = Page::default();
    page.answer("A key", &ada.creates(&binance("the-first-name-1")).await);
    page.answer("The same key again", &ada.creates(&binance("the-first-name-1")).await);
    page.answer("A key that is tried first", &ada.creates(&verified(&demo(&world, "okx", "ok"))).await);
    page.answer("A key that the exchange refuses", &ada.creates(&verified(&demo(&world, "okx", "bad_secret"))).await);
    page.answer("A key that can withdraw", &ada.creates(&verified(&demo(&world, "okx", "withdraw"))).await);
    page.answer("A key that cannot be tried", &ada.creates(&verified(&demo(&world, "binance", "down"))).await);
    page.answer("Nothing", &ada.creates(&json!({})).await);
    page.answer("Bytes that are no text", &no_text(&world, "POST", KEYS, &ada.session.access).await);
    page.answer("Without a token", &world.post(KEYS, binance("another-name-12")).await);
    for _ in 0..30 {
        ada.creates(&verified(&demo(&world, "okx", "bad_secret"))).await;
    }
    page.answer("Tried too often", &ada.creates(&verified(&demo(&world, "okx", "bad_secret"))).await);
    let gated = World::with_vault(|config| config.require_kyc = true).await;
    page.answer("Without a proven identity", &Owner::of(&gated).await.creates(&binance("the-first-name-1")).await);
    let strict = World::with_vault(|config| config.require_mfa = true).await;
    let bob = Owner::of(&strict).await;
    page.answer("Without a second factor, where one is required", &bob.creates(&binance("the-first-name-1")).await);
    has_factors(&strict, &bob.session).await;
    page.answer("With second factors, none of which was proven", &bob.creates(&binance("the-first-name-1")).await);
    page.is_kept(FOLDER, "create");
}

#[tokio::test]
async fn list() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let mut page = Page::default();
    page.answer("No keys", &ada.sends("GET", "", None).await);
    let id = ada.keeps(&demo(&world, "okx", "ok")).await;
    page.answer("A key that was never used", &ada.sends("GET", "", None).await);
    ada.tests(&id).await.assert_ok();
    ada.keeps(&binance("the-first-name-1")).await;
    page.answer("The first of two, and where the other is", &ada.sends("GET", "?limit=1", None).await);
    page.answer("No number of keys", &ada.sends("GET", "?limit=0", None).await);
    page.answer("A cursor that is none", &ada.sends("GET", "?cursor=nowhere", None).await);
    page.answer("Without a token", &world.get(KEYS).await);
    page.is_kept(FOLDER, "list");
}

#[tokio::test]
async fn decrypt() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let id = ada.keeps(&binance("the-first-name-1")).await;
    let mut page = Page::default();
    page.answer("A key", &ada.decrypts(&id).await);
    for _ in 0..60 {
        ada.decrypts(&id).await;
    }
    page.answer("Too often", &ada.decrypts(&id).await);
    world.advance(60);
    ada.changes(&id, json!({ "is_active": false })).await.assert_ok();
    page.answer("A key that is switched off", &ada.decrypts(&id).await);
    let withdraws = ada.keeps(&demo(&world, "okx", "withdraw")).await;
    ada.tests(&withdraws).await.assert_ok();
    page.answer("A key that can withdraw", &ada.decrypts(&withdraws).await);
    let tampered = ada.keeps(&binance("the-second-name2")).await;
    world.tamper("ExchangeKeys", &ada.row(&tampered).await, "exchange", json!("bybit")).await;
    page.answer("A row that somebody has tampered with", &ada.decrypts(&tampered).await);
    no_such_caller_or_key(&mut page, &ada, "POST", "/decrypt").await;
    page.answer("While the vault is shut", &while_shut(&world).await);
    has_factors(&world, &ada.session).await;
    page.answer("With second factors, none of which was proven", &ada.decrypts(&id).await);
    let strict = World::with_vault(|config| config.require_mfa = true).await;
    page.answer("Without a second factor, where one is required", &without_factors(&strict).await);
    page.is_kept(FOLDER, "decrypt");
}

/// Of somebody who has just set a password by a mailed link.
async fn while_shut(world: &World) -> Reply {
    let (bob, session) = world.person().signed_in().await;
    let id = Owner { world, session }.keeps(&binance("the-third-name-3")).await;
    resets(world, &bob.is_offered_a_password().await, &bob.password).await.assert_ok();
    Owner { world, session: Session::of(&bob.logs_in().await) }.decrypts(&id).await
}

/// Of somebody who had second factors when the key was stored, and has none any more.
async fn without_factors(world: &World) -> Reply {
    let bob = Owner::of(world).await;
    let fresh = [("mfa", json!(true)), ("aal", json!("aal2"))];
    for (attribute, value) in fresh {
        changes_session(&bob, attribute, value).await;
    }
    let id = bob.keeps(&binance("the-first-name-1")).await;
    changes_session(&bob, "mfa", json!(false)).await;
    bob.decrypts(&id).await
}

#[tokio::test]
async fn test_connection() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let id = ada.keeps(&demo(&world, "okx", "ok")).await;
    let mut page = Page::default();
    page.answer("A key that works", &ada.tests(&id).await);
    let refused = ada.keeps(&demo(&world, "okx", "bad_secret")).await;
    page.answer("A key that the exchange refuses", &ada.tests(&refused).await);
    let withdraws = ada.keeps(&demo(&world, "okx", "withdraw")).await;
    page.answer("A key that can withdraw", &ada.tests(&withdraws).await);
    for _ in 0..4 {
        ada.tests(&id).await;
    }
    page.answer("Too often", &ada.tests(&id).await);
    world.advance(60);
    ada.changes(&id, json!({ "is_active": false })).await.assert_ok();
    page.answer("A key that is switched off", &ada.tests(&id).await);
    no_such_caller_or_key(&mut page, &ada, "POST", "/test-connection").await;
    page.is_kept(FOLDER, "test_connection");
}

#[tokio::test]
async fn update() {
    let world = World::with_vault(|config| config.require_kyc = true).await;
    let ada = Owner::of(&world).await;
    let approval = crate::kyc::approval("sumsub", &ada.session.user_id, world.now());
    world.send(crate::kyc::genuine(&world, "sumsub", &approval)).await.assert_ok();
    let id = ada.keeps(&binance("the-first-name-1")).await;
    ada.keeps(&binance("the-second-name2")).await;
    let mut page = Page::default();
    page.answer("Another label", &ada.changes(&id, json!({ "label": "other" })).await);
    page.answer("Another secret", &ada.changes(&id, json!({ "secret": "another" })).await);
    let second = json!({ "api_key": "the-second-name2", "secret": "secret-of-the-second-name2" });
    page.answer("The secret of a key that is kept already", &ada.changes(&id, second).await);
    page.answer("A flawed label", &ada.changes(&id, json!({ "label": "" })).await);
    let path = format!("{KEYS}{id}");
    page.answer("Bytes that are no text", &no_text(&world, "PATCH", &path, &ada.session.access).await);
    no_such_caller_or_key(&mut page, &ada, "PATCH", "").await;
    let rejection = crate::kyc::said(&ada.session.user_id, "e", "s", "rejected", Some(world.now()));
    world.send(crate::kyc::genuine(&world, "generic", &rejection)).await.assert_ok();
    page.answer("Another secret, without a proven identity", &ada.changes(&id, json!({ "secret": "a-third" })).await);
    has_factors(&world, &ada.session).await;
    let third = json!({ "secret": "a-third" });
    page.answer("Another secret, with second factors, none of which was proven", &ada.changes(&id, third).await);
    page.is_kept(FOLDER, "update");
}

#[tokio::test]
async fn delete() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let id = ada.keeps(&binance("the-first-name-1")).await;
    let mut page = Page::default();
    page.answer("A key", &ada.deletes(&id).await);
    no_such_caller_or_key(&mut page, &ada, "DELETE", "").await;
    page.is_kept(FOLDER, "delete");
}

#[tokio::test]
async fn events() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let id = ada.keeps(&demo(&world, "okx", "ok")).await;
    ada.tests(&id).await.assert_ok();
    ada.decrypts(&id).await.assert_ok();
    ada.deletes(&id).await.assert_ok();
    let mut page = Page::default();
    page.answer("All of a key's life", &ada.sends("GET", &format!("{id}/events"), None).await);
    page.answer("No number of events", &ada.sends("GET", &format!("{id}/events?limit=0"), None).await);
    no_such_caller_or_key(&mut page, &ada, "GET", "/events").await;
    page.is_kept(FOLDER, "events");
}
