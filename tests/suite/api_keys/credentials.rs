//! Credentials as people paste them, and the 422 for those that cannot work.

use api_keys::exchanges;
use serde_json::{Value, json};
use tests::{Reply, Request, World, authorized};

use super::{KEYS, Owner, binance, demo, forget_uses, rows, with, without};

const PASTED: [&str; 3] = ["canary-name-of-key", "canary-secret", "canary-passphrase"];

fn okx() -> Value {
    let [name, secret, passphrase] = PASTED;
    json!({ "exchange": "okx", "label": "main", "api_key": name, "secret": secret, "passphrase": passphrase })
}

/// For any exchange without a passphrase.
fn plain(exchange: &str) -> Value {
    with(&without(&okx(), "passphrase"), json!({ "exchange": exchange }))
}

/// A 422 that says where and why, and repeats nothing of what came.
fn assert_refused(reply: &Reply, field: &str, reason: &str) {
    assert_eq!(reply.status, 422, "{field}: {reply:?}");
    let flaws = reply.body["detail"].as_array().unwrap();
    let flaw = flaws.iter().find(|flaw| flaw["loc"] == json!(["body", field]));
    let flaw = flaw.unwrap_or_else(|| panic!("nothing of {field} in {flaws:?}"));
    assert!(flaw["msg"].as_str().unwrap().contains(reason), "{reason} not in {flaw}");
    assert!(flaws.iter().all(|flaw| flaw["input"].is_null()), "{flaws:?}");
    assert!(!reply.text.to_lowercase().contains("canary"), "{}", reply.text);
}

#[tokio::test]
async fn what_an_exchange_needs_must_be_there() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let before = rows(&world).await;
    for exchange in ["okx", "kucoin", "bitget"] {
        assert_refused(&ada.creates(&plain(exchange)).await, "passphrase", "Field required");
        assert_refused(
            &ada.creates(&with(&plain(exchange), json!({ "passphrase": " " }))).await,
            "passphrase",
            "Field required",
        );
    }
    assert_refused(&ada.creates(&plain("hyperliquid")).await, "wallet_address", "Field required");
    for name in ["api_key", "secret"] {
        assert_refused(&ada.creates(&without(&okx(), name)).await, name, "Field required");
        assert_refused(&ada.creates(&with(&okx(), json!({ name: null }))).await, name, "Field required");
        assert_refused(&ada.creates(&with(&okx(), json!({ name: "\u{feff}\n" }))).await, name, "Field required");
        assert_refused(&ada.creates(&without(&without(&okx(), "exchange"), name)).await, name, "Field required");
    }
    assert_refused(&ada.creates(&without(&okx(), "exchange")).await, "exchange", "Field required");
    assert_refused(
        &ada.creates(&with(&without(&okx(), "secret"), json!({ "secrett": "canary" }))).await,
        "secret",
        "Field required",
    );
    assert_refused(&ada.creates(&json!({})).await, "exchange", "Field required");
    assert_eq!(rows(&world).await, before);
}

#[tokio::test]
async fn an_unknown_exchange_is_told_the_known_ones() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let all = exchanges::ALL.map(|exchange| exchange.id).join(", ");
    for name in ["ftx", "", "canary"] {
        assert_refused(&ada.creates(&with(&okx(), json!({ "exchange": name }))).await, "exchange", &all);
    }
    ada.creates(&with(&okx(), json!({ "exchange": " OKX " }))).await.assert_ok();
}

#[tokio::test]
async fn a_place_that_an_exchange_does_not_have_is_refused() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    for (body, field, reason) in [
        (with(&okx(), json!({ "environment": "canary" })), "environment", "live, testnet or demo"),
        (with(&okx(), json!({ "environment": "testnet" })), "environment", "live, demo for OKX"),
        (with(&okx(), json!({ "region": "canary" })), "region", "us, au, eea for OKX"),
        (with(&okx(), json!({ "environment": "demo", "region": "nl" })), "region", "us, au, eea for OKX"),
        (with(&plain("bitstamp"), json!({ "region": "eu" })), "region", "no regions"),
        (with(&plain("binance"), json!({ "environment": 5 })), "environment", "valid string"),
    ] {
        assert_refused(&ada.creates(&body).await, field, reason);
    }
    let id = ada.keeps(&with(&okx(), json!({ "environment": "PAPER", "region": "" }))).await;
    assert_eq!((&ada.sees(&id).await["environment"], &ada.sees(&id).await["region"]), (&json!("demo"), &json!(null)));
    let id = ada.keeps(&with(&okx(), json!({ "api_key": "another", "region": "EEA" }))).await;
    assert_eq!(ada.sees(&id).await["region"], "eea");
}

#[tokio::test]
async fn credentials_that_cannot_work_are_refused() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let agent = demo(&world, "hyperliquid", "ok");
    let pem = demo(&world, "coinbase", "ok")["secret"].clone();
    let before = rows(&world).await;
    for (body, field, reason) in [
        (with(&okx(), json!({ "secret": "canary canary" })), "secret", "white space"),
        (with(&okx(), json!({ "secret": "canary\u{a0}canary" })), "secret", "white space"),
        (with(&okx(), json!({ "secret": "canary\u{0}canary" })), "secret", "white space"),
        (with(&okx(), json!({ "passphrase": "canary\tcanary" })), "passphrase", "control characters"),
        (with(&okx(), json!({ "api_key": "canary canary" })), "api_key", "white space"),
        (with(&okx(), json!({ "api_key": "canäry" })), "api_key", "ASCII"),
        (with(&plain("bybit"), json!({ "passphrase": "canary" })), "passphrase", "no passphrases"),
        (with(&plain("bybit"), json!({ "wallet_address": "0xcanary" })), "wallet_address", "no wallet addresses"),
        (with(&okx(), json!({ "key_type": "canary" })), "key_type", "hmac, ed25519, rsa, es256 or agent"),
        (with(&okx(), json!({ "key_type": "rsa" })), "key_type", "one of hmac for OKX"),
        (with(&plain("binance"), json!({ "key_type": "ed25519" })), "secret", ""),
        (with(&plain("binance"), json!({ "key_type": "hmac", "secret": pem })), "secret", "PEM"),
        (plain("kraken"), "secret", "base64"),
        (with(&plain("coinbase"), json!({ "secret": pem })), "api_key", "organizations"),
        (with(&agent, json!({ "wallet_address": agent["api_key"] })), "secret", "master wallet"),
        (with(&agent, json!({ "wallet_address": "0xcanary" })), "wallet_address", "40 hex digits"),
        (with(&agent, json!({ "secret": "0xcanary" })), "secret", "private key"),
        (with(&agent, json!({ "api_key": "0xcanary" })), "api_key", "address of the agent wallet"),
        (with(&okx(), json!({ "label": "canary".repeat(11) })), "label", "1 to 60"),
        (with(&okx(), json!({ "label": "canary\ncanary" })), "label", "control"),
        (with(&okx(), json!({ "label": " " })), "label", "1 to 60"),
        (with(&okx(), json!({ "secret": "canary".repeat(1_366) })), "secret", "8192"),
        (with(&okx(), json!({ "secret": ["canary"] })), "secret", "valid string"),
        (with(&okx(), json!({ "passphrase": { "canary": 1 } })), "passphrase", "valid string"),
        (with(&okx(), json!({ "api_key": 5 })), "api_key", "valid string"),
        (with(&okx(), json!({ "verify": "canary" })), "verify", "boolean"),
    ] {
        assert_refused(&ada.creates(&body).await, field, reason);
    }
    assert_eq!(rows(&world).await, before);
}

#[tokio::test]
async fn several_flaws_are_reported_at_once() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let body = json!({ "exchange": "hyperliquid", "label": 5, "environment": "canary", "verify": "canary" });
    let reply = ada.creates(&body).await;
    let fields: Vec<_> = reply.body["detail"].as_array().unwrap().iter().map(|flaw| flaw["loc"][1].clone()).collect();
    assert_eq!(fields, ["label", "environment", "verify"]);
    let reply = ada.creates(&json!({ "exchange": "hyperliquid" })).await;
    let fields: Vec<_> = reply.body["detail"].as_array().unwrap().iter().map(|flaw| flaw["loc"][1].clone()).collect();
    assert_eq!(fields, ["secret", "wallet_address"]);
}

#[tokio::test]
async fn a_body_that_is_no_object_is_not_repeated() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let id = ada.keeps(&binance("name-of-the-key-1")).await;
    let before = rows(&world).await;
    let bodies = [
        r#"["canary"]"#,
        r#""canary""#,
        "",
        "null",
        "canary",
        r#"{"secret":"canary""#,
        r#"{"secret":canary}"#,
        r#"{"secret":"canary\q"}"#,
        "{\"secret\":\"canary\n\"}",
        r#"{"canary"}"#,
    ];
    for body in bodies {
        for content_type in ["application/json", "text/plain", "application/x-www-form-urlencoded"] {
            for (method, path) in [("POST", KEYS.to_owned()), ("PATCH", format!("{KEYS}{id}"))] {
                let mut request: Request = authorized(method, &path, &ada.session.access, None);
                request.headers.retain(|(name, _)| name != "content-type");
                request.headers.push(("content-type".to_owned(), content_type.to_owned()));
                request.body = Some(body.to_owned());
                let reply = world.send(request).await;
                assert_eq!(reply.status, 422, "{body}: {reply:?}");
                assert!(!reply.text.contains("canary"), "{content_type} {body}: {}", reply.text);
                let input = &reply.body["detail"][0]["input"];
                assert!(input.is_null() || *input == json!({}), "{reply:?}");
            }
        }
    }
    let mut request = authorized("POST", KEYS, &ada.session.access, Some(okx()));
    request.body = Some(format!("{{\"secret\":\"{}\"}}", "canary".repeat(11_000)));
    let reply = world.send(request).await;
    assert_eq!((reply.status, &reply.body), (413, &json!({ "detail": "Request body too large" })));
    assert_eq!(rows(&world).await, before);
}

#[tokio::test]
async fn what_pasting_adds_is_taken_off() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let body = json!({
        "exchange": "okx", "label": "  main  ", "api_key": "\u{feff}name\u{200b}-of-key \n",
        "secret": "\t sec\u{2060}ret\u{ad}\r\n", "passphrase": "\u{200d}words\u{a0}",
    });
    let id = ada.keeps(&body).await;
    let data = &ada.decrypts(&id).await.body["data"];
    assert_eq!(
        *data,
        json!({ "api_key": "name-of-key", "secret": "secret", "passphrase": "words", "key_type": "hmac" })
    );
    assert_eq!(ada.sees(&id).await["label"], "main");
}

#[tokio::test]
async fn a_passphrase_keeps_what_is_within_it() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    for exchange in ["okx", "kucoin", "bitget"] {
        for words in
            ["correct horse  battery", "\"in quotes\"", "a\\nb", "e\u{301}", "\u{1f469}\u{200d}\u{1f680} x", "a\u{a0}b"]
        {
            let given = json!({ "api_key": exchange, "passphrase": format!("\u{feff} {words}\u{a0}\r\n") });
            let id = ada.keeps(&with(&plain(exchange), given)).await;
            assert_eq!(ada.decrypts(&id).await.body["data"]["passphrase"], json!(words), "{exchange}");
            ada.tests(&id).await.assert_ok();
            let sent = world.aws.paper().last_request().unwrap();
            let sent = ["ok-access-passphrase", "access-passphrase"].iter().find_map(|name| sent.header(name));
            // KuCoin is sent a signature of it.
            assert_eq!(sent, (exchange != "kucoin").then_some(words));
            ada.changes(&id, json!({ "secret": "another", "passphrase": format!(" {words} too\t") })).await.assert_ok();
            assert_eq!(ada.decrypts(&id).await.body["data"]["passphrase"], json!(format!("{words} too")), "{exchange}");
            ada.deletes(&id).await.assert_ok();
            forget_uses(&world).await;
        }
        for words in ["canary\tcanary", "canary\ncanary", "canary\u{0}canary", "canary\u{7f}", "canary\u{9b}canary"] {
            let body = with(&plain(exchange), json!({ "passphrase": words }));
            assert_refused(&ada.creates(&body).await, "passphrase", "control characters");
        }
    }
}

#[tokio::test]
async fn the_kind_of_a_secret_is_known_by_its_looks() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    for exchange in exchanges::ALL {
        let body = demo(&world, exchange.id, "ok");
        let id = ada.keeps(&without(&body, "key_type")).await;
        assert_eq!(ada.sees(&id).await["key_type"], body["key_type"], "{}", exchange.id);
    }
}
