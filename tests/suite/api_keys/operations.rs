//! What can be done with a key.

use serde_json::{Value, json};
use tests::{Request, World, authorized};

use super::{KEYS, Owner, assert_conflict, assert_no_key, binance, demo, nothing_is_left, with, without};

fn names(object: &Value) -> Vec<&str> {
    let mut names: Vec<_> = object.as_object().unwrap().keys().map(String::as_str).collect();
    names.sort_unstable();
    names
}

#[tokio::test]
async fn a_key_is_kept_listed_shown_changed_and_forgotten() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let id = ada.keeps(&binance("name-of-the-key-1")).await;
    assert_eq!(ada.lists().await.len(), 1);
    assert_eq!(ada.decrypts(&id).await.body["data"]["secret"], "secret-of-name-of-the-key-1");
    let changed = ada.changes(&id, json!({ "secret": "another", "label": "x" })).await;
    assert_eq!((changed.status, &changed.body["data"]["label"]), (200, &json!("x")));
    let shown = ada.decrypts(&id).await.body["data"].clone();
    assert_eq!(shown, json!({ "api_key": "name-of-the-key-1", "secret": "another", "key_type": "hmac" }));
    let deleted = ada.deletes(&id).await;
    assert_eq!(deleted.body, json!({ "success": true, "message": "API key deleted", "data": null }));
    assert_eq!(ada.lists().await, [json!(null); 0]);
    assert_no_key(&ada.decrypts(&id).await);
    assert_no_key(&ada.tests(&id).await);
    assert_no_key(&ada.changes(&id, json!({ "label": "y" })).await);
    assert_no_key(&ada.deletes(&id).await);
    nothing_is_left(&world).await;
}

#[tokio::test]
async fn a_new_key_is_answered_masked_and_without_its_secrets() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let body = json!({ "exchange": "okx", "api_key": "abcd-0123-4567-wxyz", "secret": "hush-hush", "passphrase": "open-sesame" });
    let created = ada.creates(&body).await;
    assert_eq!((created.status, &created.body["message"]), (200, &json!("API key created")));
    let listed = ada.sends("GET", "", None).await;
    assert_eq!(listed.body["data"]["api_keys"][0], created.body["data"]);
    for reply in [&created, &listed] {
        for secret in ["abcd-0123-4567-wxyz", "hush-hush", "open-sesame"] {
            assert!(!reply.text.contains(secret), "{reply:?}");
        }
    }
    let key = &created.body["data"];
    assert_eq!((&key["api_key"], &key["label"]), (&json!("abcd****wxyz"), &json!("OKX")));
}

#[tokio::test]
async fn a_short_name_shows_less_of_itself() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    for (name, mask) in [("abcd", "****"), ("abcdefgh", "****gh"), ("abcdefghijklmnop", "abcd****mnop")] {
        assert_eq!(ada.creates(&binance(name)).await.body["data"]["api_key"], mask);
    }
}

#[tokio::test]
async fn label_and_secret_have_a_second_name_each() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let body =
        json!({ "exchange": "binance", "name": "called so", "api_key": "abcdefgh", "api_secret": "under its alias" });
    let refused = ada.creates(&body).await;
    assert_eq!((refused.status, &refused.body["detail"][0]["loc"][1]), (422, &json!("secret")), "white space");
    let id = ada.keeps(&with(&body, json!({ "api_secret": "under-its-alias" }))).await;
    assert_eq!(ada.sees(&id).await["label"], "called so");
    assert_eq!(ada.decrypts(&id).await.body["data"]["secret"], "under-its-alias");
    ada.changes(&id, json!({ "name": "called otherwise", "api_secret": "renewed" })).await.assert_ok();
    assert_eq!(ada.sees(&id).await["label"], "called otherwise");
    assert_eq!(ada.decrypts(&id).await.body["data"]["secret"], "renewed");
}

#[tokio::test]
async fn what_is_shown_in_the_clear_is_complete_and_not_cached() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    for (exchange, members) in [
        ("okx", &["api_key", "key_type", "passphrase", "secret"][..]),
        ("kraken", &["api_key", "key_type", "secret"]),
        ("hyperliquid", &["api_key", "key_type", "secret", "wallet_address"]),
    ] {
        let body = demo(&world, exchange, "ok");
        let id = ada.keeps(&body).await;
        let shown = ada.decrypts(&id).await;
        assert_eq!((shown.status, shown.header("cache-control")), (200, Some("no-store")));
        assert_eq!((&shown.body["success"], &shown.body["message"]), (&json!(true), &json!("API key decrypted")));
        assert_eq!(names(&shown.body["data"]), members);
        for member in members {
            assert_eq!(shown.body["data"][member], body[member], "{exchange} {member}");
        }
        assert!(ada.sees(&id).await["last_decrypted_at"].is_string());
    }
}

#[tokio::test]
async fn a_disabled_key_is_neither_shown_nor_tested_until_it_is_enabled_again() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let id = ada.keeps(&demo(&world, "bybit", "ok")).await;
    ada.changes(&id, json!({ "is_active": false })).await.assert_ok();
    let ((decrypted, tested), calls) = world.calls(async { (ada.decrypts(&id).await, ada.tests(&id).await) }).await;
    assert_conflict(&decrypted, "KEY_DISABLED");
    assert_conflict(&tested, "KEY_DISABLED");
    assert!(calls.kms.is_empty() && world.aws.paper().calls().is_empty());
    ada.changes(&id, json!({ "is_active": true })).await.assert_ok();
    ada.decrypts(&id).await.assert_ok();
    assert_eq!(ada.tests(&id).await.body["data"]["status"], "ok");
}

#[tokio::test]
async fn a_credential_is_kept_once_whoever_brings_it() {
    let world = World::start().await;
    let (ada, bob) = (Owner::of(&world).await, Owner::of(&world).await);
    let body = binance("one-and-only-key");
    let id = ada.keeps(&body).await;
    let (own, foreign) = (ada.creates(&body).await, bob.creates(&body).await);
    assert_conflict(&own, "KEY_ALREADY_STORED");
    assert_eq!((own.status, &own.text), (foreign.status, &foreign.text));
    let pasted = with(&body, json!({ "label": "another", "api_key": "\u{feff} one-and-only-key\n" }));
    assert_conflict(&bob.creates(&pasted).await, "KEY_ALREADY_STORED");
    assert_eq!(bob.lists().await.len(), 0);
    bob.keeps(&with(&body, json!({ "exchange": "bybit" }))).await;

    ada.deletes(&id).await.assert_ok();
    bob.keeps(&body).await;
    assert_conflict(&ada.creates(&body).await, "KEY_ALREADY_STORED");
}

#[tokio::test]
async fn who_knows_the_name_of_a_key_alone_does_not_keep_its_owner_out() {
    let world = World::start().await;
    let (ada, mallory) = (Owner::of(&world).await, Owner::of(&world).await);
    let body = binance("a-name-that-others-see");
    mallory.keeps(&with(&body, json!({ "secret": "made-up" }))).await;
    ada.keeps(&body).await;
}

#[tokio::test]
async fn whose_key_it_is_says_the_token_and_nothing_else() {
    let world = World::start().await;
    let (ada, bob) = (Owner::of(&world).await, Owner::of(&world).await);
    let claimed = &bob.session.user_id;
    let request = |method, rest: &str, body: Option<Value>| {
        let path = format!("{KEYS}{rest}?user_id={claimed}");
        let body = body.map(|body| with(&body, json!({ "user_id": claimed, "account": claimed, "tenant": claimed })));
        let mut request: Request = authorized(method, &path, &ada.session.access, body);
        request.headers.extend(["x-user-id", "user_id"].map(|name| (name.to_owned(), claimed.clone())));
        world.send(request)
    };
    let created = request("POST", "", Some(binance("a-key-of-adas-own"))).await;
    created.assert_ok();
    let id = created.body["data"]["id"].as_str().unwrap();
    assert_eq!(ada.row(id).await["pk"], format!("ACCOUNT#{}", ada.session.user_id));
    assert_eq!(request("GET", "", None).await.body["data"]["api_keys"][0]["id"], id);
    request("PATCH", id, Some(json!({ "label": "still Ada's" }))).await.assert_ok();
    request("POST", &format!("{id}/decrypt"), Some(json!({}))).await.assert_ok();
    assert_eq!(bob.lists().await.len(), 0);
}

#[tokio::test]
async fn an_id_that_names_no_key_of_the_callers_is_the_same_404_everywhere() {
    let world = World::start().await;
    let (ada, bob) = (Owner::of(&world).await, Owner::of(&world).await);
    let id = ada.keeps(&binance("a-key-of-adas-own")).await;
    let (upper, bare) = (id.to_uppercase(), id.replace('-', ""));
    let unknown = "01981e5a-6f1c-7c3a-8b47-2f7f0a4b8a11";
    let braced = format!("{{{id}}}");
    for wrong in ["1", "null", "a-key", "%00", "%C3%A9", &upper, &bare, &braced, unknown, &id] {
        assert_no_key(&bob.decrypts(wrong).await);
        assert_no_key(&bob.tests(wrong).await);
        assert_no_key(&bob.changes(wrong, json!({ "label": "x" })).await);
        assert_no_key(&bob.deletes(wrong).await);
        assert_no_key(&bob.sends("GET", &format!("{wrong}/events"), None).await);
    }
    assert_no_key(&ada.decrypts(&upper).await);
    ada.decrypts(&id).await.assert_ok();
}

#[tokio::test]
async fn without_a_token_nothing_is_there() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let id = ada.keeps(&binance("a-key-of-adas-own")).await;
    for route in api_keys::routes() {
        let path = route.path.replace("{key_id}", &id);
        let reply = world.send(Request { method: route.method, path, ..Request::default() }).await;
        assert_eq!((reply.status, &reply.body), (401, &json!({ "detail": "Not authenticated" })), "{}", route.path);
    }
    let body = without(&binance("a-key-of-nobody"), "label");
    let forged = format!("{}x", ada.session.access);
    world.send(authorized("POST", KEYS, &forged, Some(body))).await.assert_status(401);
    assert_eq!(ada.lists().await.len(), 1);
}
