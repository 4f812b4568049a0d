//! What is no private key, or not the one that the exchange takes, is called by its name; nothing of it comes back.

use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Value, json};
use tests::{Reply, World};

use super::{
    ID, NAME, SHORT,
    written::{base64, ed25519, files, p256, pem, rsa, seed_and_public},
};
use crate::api_keys::{Owner, demo, rows, with, without};

const UNUSABLE: &str = include_str!("../../../vectors/unusable_keys.json");

/// A 422 of one field that gives the reason and has nothing of the text in it.
fn assert_refused(reply: &Reply, (field, reason): (&str, &str), text: &str, what: &str) {
    assert_eq!(reply.status, 422, "{what}: {reply:?}");
    let flaws = reply.body["detail"].as_array().unwrap();
    assert_eq!((flaws.len(), &flaws[0]["loc"]), (1, &json!(["body", field])), "{what}: {flaws:?}");
    assert!(flaws[0]["msg"].as_str().unwrap().contains(reason), "{what}: {reason} not in {flaws:?}");
    assert_eq!(flaws[0]["input"], Value::Null, "{what}");
    // Whole words of what people write are in both.
    let pieces = text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|piece| piece.len() > 15);
    pieces.for_each(|piece| assert!(!reply.text.contains(piece), "{what}: {}", reply.text));
}

fn body(exchange: &str, secret: &str) -> Value {
    let name = if exchange == "coinbase" { NAME } else { SHORT };
    let body = json!({ "exchange": exchange, "api_key": name, "secret": secret });
    match exchange {
        "okx" => with(&body, json!({ "passphrase": "some words" })),
        "hyperliquid" => without(&with(&body, json!({ "wallet_address": format!("0x{}", "7".repeat(40)) })), "api_key"),
        _ => body,
    }
}

#[tokio::test]
async fn what_is_no_private_key_is_called_by_its_name() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let id = ada.keeps(&demo(&world, "coinbase", "ok")).await;
    let before = rows(&world).await;
    let unusable: Value = serde_json::from_str(UNUSABLE).unwrap();
    for key in unusable["keys"].as_array().unwrap() {
        let [what, reason, text] = ["what", "reason", "text"].map(|part| key[part].as_str().unwrap());
        let literal = format!("\"{}\"", text.replace('\n', "\\n"));
        let spaced = text.replace('\n', " ");
        for exchange in ["coinbase", "binance", "bybit", "htx", "okx", "hyperliquid"] {
            let reply = ada.creates(&body(exchange, text)).await;
            assert_refused(&reply, ("secret", reason), text, &format!("{exchange}: {what}"));
        }
        for secret in [&literal, &spaced] {
            assert_refused(&ada.creates(&body("coinbase", secret)).await, ("secret", reason), text, what);
        }
        for change in [json!({ "secret": text }), json!({ "secret": literal, "key_type": "es256" })] {
            assert_refused(&ada.changes(&id, change).await, ("secret", reason), text, what);
        }
        let file = json!({ "name": NAME, "privateKey": text }).to_string();
        let verified = json!({ "exchange": "coinbase", "secret": file, "verify": true });
        assert_refused(&ada.creates(&verified).await, ("secret", reason), text, what);
    }
    assert_eq!(rows(&world).await, before);
}

#[tokio::test]
async fn a_key_of_another_kind_is_called_by_its_name() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let keys = [(p256(), "a P-256 private key"), (ed25519(), "an Ed25519 private key"), (rsa(), "an RSA private key")];
    let taken = [
        ("coinbase", "es256, ed25519"),
        ("binance", "hmac, ed25519, rsa"),
        ("bybit", "hmac, rsa"),
        ("htx", "hmac, ed25519"),
        ("okx", "one of hmac"),
        ("hyperliquid", "one of agent"),
    ];
    for (key, name) in &keys {
        for (what, form) in key.forms.iter().filter(|(_, form)| form["key_type"].is_null()) {
            let secret = form["secret"].as_str().unwrap();
            for (exchange, kinds) in taken.iter().filter(|(_, kinds)| !kinds.contains(key.kind)) {
                let reply = ada.creates(&body(exchange, secret)).await;
                let what = format!("{exchange}: {what}");
                assert_refused(&reply, ("secret", name), secret, &what);
                assert_refused(&reply, ("secret", kinds), secret, &what);
            }
        }
        let other = [("coinbase", "es256"), ("coinbase", "ed25519"), ("binance", "hmac"), ("binance", "ed25519")];
        for (exchange, said) in other.into_iter().chain([("binance", "rsa"), ("okx", "hmac")]) {
            let body = with(&body(exchange, &key.kept), json!({ "key_type": said }));
            if said != key.kind {
                assert_refused(&ada.creates(&body).await, ("secret", name), &key.kept, said);
                assert_refused(
                    &ada.creates(&body).await,
                    ("secret", &format!("not of key_type {said}")),
                    &key.kept,
                    said,
                );
            }
        }
    }
}

#[tokio::test]
async fn what_is_cut_off_or_leaves_two_readings_is_refused() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let (key, other) = (p256().kept, p256().kept);
    let lines: Vec<_> = key.lines().collect();
    let without_line = |line: usize| [&lines[..line], &lines[line + 1..]].concat().join("\n");
    let both = seed_and_public();
    let mut wrong_half = both.clone();
    wrong_half[40] ^= 1;
    for (what, secret, reason) in [
        ("no first line", without_line(0), "cut off"),
        ("no second line", without_line(1), "cut off"),
        ("no last line", without_line(lines.len() - 1), "cut off"),
        ("other labels", key.replacen("EC PRIVATE", "PRIVATE", 1), "cut off"),
        ("a letter that is not in base64", key.replacen('M', "*", 1), "cut off"),
        ("more behind it", pem("PRIVATE KEY", &[&[0x30, 0][..], &both].concat()), "cut off"),
        ("nothing in it", pem("EC PRIVATE KEY", &[]), "cut off"),
        ("two keys", format!("{key}\n{other}"), "more than one"),
        ("one key twice", format!("{key}\n{key}"), "more than one"),
        ("a seed and another's public key", base64(&wrong_half), "must be a private key"),
        ("a byte less", base64(&both[1..]), "must be a private key"),
        ("a text", "some text".to_owned(), "must be a private key"),
        ("JSON in an array", json!([{ "name": NAME, "privateKey": key }]).to_string(), "is JSON"),
    ] {
        assert_refused(&ada.creates(&body("coinbase", &secret)).await, ("secret", reason), &secret, what);
    }
    let json = json!({ "name": SHORT, "privateKey": rsa().kept }).to_string();
    for exchange in ["binance", "okx", "hyperliquid"] {
        assert_refused(&ada.creates(&body(exchange, &json)).await, ("secret", "is JSON"), &json, exchange);
    }
    // A shared key with white space in it stays refused, though without it would be a seed.
    let seed = base64(&both[..32]);
    let broken = format!("{} {}", &seed[..20], &seed[20..]);
    let body = with(&body("binance", &broken), json!({ "key_type": "hmac" }));
    assert_refused(&ada.creates(&body).await, ("secret", "white space"), &broken, "a seed in two parts");
}

/// In base64, a private key that is not whole, or not alone, is no shared key.
#[tokio::test]
async fn der_that_is_cut_off_or_has_more_behind_it_is_no_shared_key() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let bare = |pem: &str| pem.lines().filter(|line| !line.starts_with('-')).collect::<String>();
    let mut texts = Vec::new();
    for key in [p256(), ed25519(), rsa()] {
        let whole = bare(&key.kept);
        let and_zeros = base64(&[BASE64_STANDARD.decode(&whole).unwrap(), vec![0; 3]].concat());
        // What fills it up is no part of it.
        let text = whole.trim_end_matches('=');
        texts.extend(
            [1, 2, 3, 4, 5, 20, 40]
                .map(|less| (format!("{} less {less}", key.kind), text[..text.len() - less].to_owned())),
        );
        texts.push((format!("{} and zeros", key.kind), and_zeros));
        texts.push((format!("{} and a star", key.kind), format!("{}*{}", &text[..30], &text[30..])));
        texts.push((format!("{} with one hyphen", key.kind), format!("-BEGINPRIVATEKEY-{text}-ENDPRIVATEKEY-")));
        texts.push((format!("{} without its end", key.kind), format!("-BEGIN PRIVATE KEY-\n{text}").replace(' ', "")));
    }
    texts.push(("a public key, cut".to_owned(), "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE0123456789".to_owned()));
    for exchange in ["binance", "bybit", "htx", "okx", "kraken"] {
        for (what, text) in &texts {
            let reply = ada.creates(&body(exchange, text)).await;
            assert_refused(&reply, ("secret", "cut off or damaged"), text, &format!("{exchange}: {what}"));
        }
        // PKCS #12: version 3, then what it holds.
        for der in [
            &[0x30, 0x82, 9, 0x5f, 2, 1, 3, 0x30, 0x82, 9, 0x20, 6, 9][..],
            &[0x30, 8, 2, 1, 3, 0x30, 1, 5, 0, 0, 7, 7, 7],
        ] {
            let text = base64(der);
            assert_refused(&ada.creates(&body(exchange, &text)).await, ("secret", "PKCS #12"), &text, exchange);
        }
    }
}

#[tokio::test]
async fn thirty_two_bytes_where_keys_are_of_both_kinds_need_a_type() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let seed = base64(&seed_and_public()[..32]);
    for secret in [seed.as_str(), seed.trim_end_matches('='), &format!("\"{seed}\"")] {
        for exchange in ["binance", "htx"] {
            let body = body(exchange, secret);
            assert_refused(&ada.creates(&body).await, ("secret", "say which in key_type"), secret, exchange);
            for key_type in ["hmac", "ed25519"] {
                let id = ada.keeps(&with(&body, json!({ "key_type": key_type }))).await;
                assert_eq!(ada.decrypts(&id).await.body["data"]["key_type"], json!(key_type));
                ada.deletes(&id).await.assert_ok();
            }
        }
        let id = ada.keeps(&body("bybit", secret)).await;
        ada.deletes(&id).await.assert_ok();
    }
}

#[tokio::test]
async fn a_file_among_other_things_is_named() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    for key in [p256().kept, base64(&seed_and_public())] {
        let file = json!({ "name": NAME, "privateKey": key }).to_string();
        for (what, secret) in [
            ("text before", format!("cdp_api_key.json: {file}")),
            ("text in lines", format!("my key\n{file}\n")),
            ("a list", format!("[{file}]")),
            ("base64", base64(file.as_bytes())),
        ] {
            for sent in [json!({ "exchange": "coinbase", "secret": secret }), body("coinbase", &secret)] {
                assert_refused(&ada.creates(&sent).await, ("secret", "bring the file alone"), &secret, what);
            }
        }
    }
}

#[tokio::test]
async fn a_file_that_is_none_is_refused() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let key = p256().kept;
    let quoted = json!(key).to_string();
    let deep = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    let file = |name: &str| json!({ "name": name, "privateKey": key }).to_string();
    let texts = [
        ("no end", file(NAME).trim_end_matches('}').to_owned(), "the whole file"),
        ("nothing in it", "{}".to_owned(), "the whole file"),
        ("no key", json!({ "name": NAME }).to_string(), "the whole file"),
        ("no name", json!({ "privateKey": key }).to_string(), "without the name"),
        ("no name but nulls", json!({ "name": null, "id": null, "privateKey": key }).to_string(), "without the name"),
        ("two names", format!(r#"{{"name":"{NAME}","name":"{NAME}","privateKey":{quoted}}}"#), "the whole file"),
        ("two keys", format!(r#"{{"name":"{NAME}","privateKey":{quoted},"privateKey":{quoted}}}"#), "the whole file"),
        (
            "another id",
            json!({ "name": NAME, "id": ID.replace('5', "6"), "privateKey": key }).to_string(),
            "two different",
        ),
        ("a number for a name", json!({ "name": 5, "privateKey": key }).to_string(), "the whole file"),
        ("a list for a name", json!({ "name": [NAME], "privateKey": key }).to_string(), "the whole file"),
        ("a number for a key", json!({ "name": NAME, "privateKey": 5 }).to_string(), "no text"),
        ("null for a key", json!({ "name": NAME, "privateKey": null }).to_string(), "no text"),
        ("a list for a key", json!({ "name": NAME, "privateKey": [key] }).to_string(), "no text"),
        ("a deep list for a key", format!(r#"{{"name":"{NAME}","privateKey":{}}}"#, deep(2_000)), "no text"),
        (
            "a deep list beside",
            format!(r#"{{"name":"{NAME}","x":{},"privateKey":"x"}}"#, deep(2_000)),
            "must be a private key",
        ),
        ("deep objects", r#"{"privateKey":"#.repeat(500), "the whole file"),
        ("no key in the key", json!({ "name": NAME, "privateKey": "canary" }).to_string(), "must be a private key"),
        ("nothing in the key", json!({ "name": NAME, "privateKey": "" }).to_string(), "must be a private key"),
        ("a file in the key", json!({ "name": NAME, "privateKey": file(NAME) }).to_string(), "secret"),
        ("a name of no key", file("canary-of-mine"), "organizations"),
        ("a name beyond ASCII", file("organizations/é/apiKeys/x"), "ASCII"),
        ("a long name", file(&"n".repeat(513)), "too long"),
        ("an empty name", file(""), "organizations"),
        ("more behind it", format!("{} {}", file(NAME), file(NAME)), "the whole file"),
        ("a huge file", json!({ "name": NAME, "x": "x".repeat(9_000), "privateKey": key }).to_string(), "8192"),
    ];
    for (what, secret, reason) in texts {
        let sent = json!({ "exchange": "coinbase", "secret": secret });
        assert_refused(&ada.creates(&sent).await, ("secret", reason), &secret, what);
    }
    for name in [ID.replace('5', "6"), SHORT.to_owned()] {
        let sent = json!({ "exchange": "coinbase", "api_key": name, "secret": file(NAME) });
        assert_refused(&ada.creates(&sent).await, ("secret", "another key"), &file(NAME), &name);
    }
}

#[tokio::test]
async fn a_file_brings_its_name_to_a_key_that_is_there() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let (_, form) = files(NAME, ID, &p256().kept).remove(0);
    let id = ada.keeps(&with(&form, json!({ "exchange": "coinbase", "api_key": " " }))).await;
    assert_eq!(ada.decrypts(&id).await.body["data"]["api_key"], json!(NAME));
    ada.deletes(&id).await.assert_ok();
    let id = ada.keeps(&demo(&world, "coinbase", "ok")).await;
    ada.changes(&id, without(&form, "api_key")).await.assert_ok();
    assert_eq!(ada.decrypts(&id).await.body["data"]["api_key"], json!(NAME));
    let other = json!({ "api_key": ID.replace('5', "6"), "secret": form["secret"] });
    let reply = ada.changes(&id, other).await;
    assert_refused(&reply, ("secret", "another key"), form["secret"].as_str().unwrap(), "another name");
}
