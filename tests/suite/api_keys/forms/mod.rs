//! One key is stored once and kept in one form, in whatever form it comes: each form that is accepted is known again in each other
//! one, by anybody, shown in the same, and signs.

mod random;
mod refused;
mod written;

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey, VerificationAlgorithm,
};
use base64::{
    Engine,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD},
};
use paper::ExchangeRequest;
use serde_json::{Value, json};
use tests::World;

use super::{Owner, assert_conflict, demo, fingerprints_agree, forget_uses, text, with, without};
use written::{Form, Key, base64, ed25519, files, layouts, p256, rsa, seed_and_public};

const NAME: &str = "organizations/0a8c1c52-6d1e-4f0e-9a61-5f1f8b1f6a01/apiKeys/5F0D2C1E-7E1B-4c55-8f3a-2d9b8e6a7c10";
const ID: &str = "5f0d2c1e-7e1b-4c55-8f3a-2d9b8e6a7c10";
/// A name that other exchanges could have given out.
const SHORT: &str = "name-of-the-key-1";

fn kraken() -> Vec<Form> {
    let key: [u8; 64] = std::array::from_fn(|at| u8::try_from(at + 1).unwrap());
    [
        ("base64", json!({ "secret": base64(&key) })),
        ("base64 in quotes", json!({ "secret": format!("\"{}\",", base64(&key)) })),
        ("base64 with zeros behind the key", json!({ "secret": base64(&[&key[..], &[0; 5]].concat()) })),
        ("base64 of its type", json!({ "secret": base64(&key), "key_type": "hmac" })),
    ]
    .map(|(name, form)| (name.to_owned(), form))
    .into()
}

/// Each form is accepted, and whoever then brings the next one, new or as a change, is told that it is stored: so all of them are one.
async fn are_one(world: &World, exchange: &str, name: &str, forms: &[Form]) {
    let (ada, bob) = (Owner::of(world).await, Owner::of(world).await);
    let body = |form: &Value| with(&json!({ "exchange": exchange, "api_key": name }), form.clone());
    let other = bob.keeps(&without(&demo(world, exchange, "ok"), "key_type")).await;
    for ((stored, form), (again, next)) in in_turn(forms) {
        let id = ada.keeps(&body(form)).await;
        for reply in [
            ada.creates(&body(form)).await,
            ada.creates(&body(next)).await,
            bob.creates(&body(next)).await,
            bob.changes(&other, without(&body(next), "exchange")).await,
        ] {
            assert_eq!(reply.status, 409, "{exchange}: {again}, stored as {stored}: {reply:?}");
            assert_conflict(&reply, "KEY_ALREADY_STORED");
        }
        ada.deletes(&id).await.assert_ok();
    }
    bob.deletes(&other).await.assert_ok();
    fingerprints_agree(world).await;
}

/// Each form is one with the next, is shown in the form in which the key is kept, and signs; so it is when the next replaces it.
async fn are_kept<'f>(world: &World, exchange: &str, name: &str, key: &Key, forms: impl Iterator<Item = &'f Form>) {
    let (ada, bob) = (Owner::of(world).await, Owner::of(world).await);
    let body = |form: &Value| with(&json!({ "exchange": exchange, "api_key": name }), form.clone());
    let forms: Vec<_> = forms.cloned().collect();
    for ((stored, form), (again, next)) in in_turn(&forms) {
        let reply = ada.creates(&body(form)).await;
        assert_eq!(reply.status, 200, "{exchange}: {stored}: {reply:?}");
        let id = text(&reply.body["data"]["id"]);
        let reply = bob.creates(&body(next)).await;
        assert_eq!(reply.status, 409, "{exchange}: {again}, stored as {stored}: {reply:?}");
        shows(&ada, &id, key, stored).await;
        ada.tests(&id).await.assert_ok();
        is_signed(&world.aws.paper().last_request().unwrap(), key);
        ada.changes(&id, next.clone()).await.assert_ok();
        shows(&ada, &id, key, again).await;
        ada.deletes(&id).await.assert_ok();
        forget_uses(world).await;
    }
    fingerprints_agree(world).await;
}

/// Each form with the one after it.
fn in_turn(forms: &[Form]) -> impl Iterator<Item = (&Form, &Form)> {
    forms.iter().zip(forms.iter().cycle().skip(1))
}

async fn shows(ada: &Owner<'_>, id: &str, key: &Key, what: &str) {
    let shown = ada.decrypts(id).await.body["data"].clone();
    assert_eq!((&shown["secret"], &shown["key_type"]), (&json!(key.kept), &json!(key.kind)), "{what}");
}

/// Whether the exchange, which knows the public key, takes the signature.
fn is_signed(request: &ExchangeRequest, key: &Key) {
    let decoded = |text: &str| BASE64_STANDARD.decode(text.replace("%2B", "+").replace("%2F", "/").replace("%3D", "="));
    let (path, query) = request.target.split_once('?').unwrap_or((&request.target, ""));
    let header = |name: &str| request.header(name).unwrap();
    let (signed, signature) = match request.exchange {
        "binance" => {
            let (signed, signature) = query.split_once("&signature=").unwrap();
            (signed.to_owned(), decoded(signature))
        }
        "bybit" => {
            let parts = ["x-bapi-timestamp", "x-bapi-api-key", "x-bapi-recv-window"].map(header);
            (format!("{}{query}", parts.concat()), decoded(header("x-bapi-sign")))
        }
        "htx" => {
            let (signed, signature) = query.split_once("&Signature=").unwrap();
            (format!("{}\n{}\n{path}\n{signed}", request.method, request.host), decoded(signature))
        }
        "coinbase" => {
            let (signed, signature) =
                header("authorization").strip_prefix("Bearer ").unwrap().rsplit_once('.').unwrap();
            (signed.to_owned(), BASE64_URL_SAFE_NO_PAD.decode(signature))
        }
        exchange => panic!("no private keys at {exchange}"),
    };
    let algorithm: &'static dyn VerificationAlgorithm = match key.kind {
        "es256" => &ECDSA_P256_SHA256_FIXED,
        "ed25519" => &ED25519,
        _ => &RSA_PKCS1_2048_8192_SHA256,
    };
    let public = UnparsedPublicKey::new(algorithm, &key.public);
    public
        .verify(signed.as_bytes(), &signature.unwrap())
        .unwrap_or_else(|_| panic!("{}: {}", request.exchange, key.kind));
}

// All forms of one key come in through the front door. Keys of other kinds are in the same wrappings, which the reader is shown all of
// in `random`, so some of them are enough here.

#[tokio::test]
async fn a_p256_key_is_stored_once_in_one_form() {
    let (world, mut key) = (World::start().await, p256());
    key.forms.extend(files(NAME, ID, &key.kept));
    are_kept(&world, "coinbase", NAME, &key, key.forms.iter()).await;
}

#[tokio::test]
async fn an_ed25519_key_is_stored_once_in_one_form() {
    let (world, key) = (World::start().await, ed25519());
    are_kept(&world, "binance", SHORT, &key, key.forms.iter().step_by(3)).await;
    are_kept(&world, "htx", SHORT, &key, key.forms.iter().step_by(7)).await;
}

#[tokio::test]
async fn a_seed_that_is_called_a_shared_key_is_known_again() {
    let world = World::start().await;
    let secret = base64(&seed_and_public()[..32]);
    let seed = ("the seed, as a shared key".to_owned(), json!({ "secret": secret, "key_type": "hmac" }));
    for exchange in ["binance", "htx"] {
        are_one(&world, exchange, SHORT, &[std::slice::from_ref(&seed), &ed25519().forms[..2]].concat()).await;
    }
}

#[tokio::test]
async fn a_shared_key_in_quotes_is_the_one_without() {
    let world = World::start().await;
    let forms = ["abcdefgh12345678", "\"abcdefgh12345678\"", "'abcdefgh12345678',", "“abcdefgh12345678”"];
    let forms = forms.map(|text| (text.to_owned(), json!({ "secret": text })));
    for exchange in ["binance", "bybit", "gate"] {
        are_one(&world, exchange, SHORT, &forms).await;
        are_one(&world, exchange, &format!("\"{SHORT}\","), &forms[..2]).await;
    }
    let ada = Owner::of(&world).await;
    let quoted = json!({ "exchange": "bybit", "api_key": format!("'{SHORT}'"), "secret": forms[1].1["secret"] });
    let id = ada.keeps(&quoted).await;
    let shown = ada.decrypts(&id).await.body["data"].clone();
    assert_eq!((&shown["api_key"], &shown["secret"]), (&json!(SHORT), &json!("abcdefgh12345678")));
    assert_conflict(&ada.creates(&with(&quoted, json!({ "api_key": SHORT }))).await, "KEY_ALREADY_STORED");
}

#[tokio::test]
async fn an_ed25519_key_of_coinbase_is_kept_as_it_gives_it_out() {
    let (world, both) = (World::start().await, base64(&seed_and_public()));
    let key = Key { kept: both.clone(), ..ed25519() };
    let seed = base64(&seed_and_public()[..32]);
    let seeds = [
        ("the seed, of no type".to_owned(), json!({ "secret": seed })),
        ("the seed without what fills it up".to_owned(), json!({ "secret": seed.trim_end_matches('=') })),
    ];
    let files = files(NAME, ID, &both);
    let forms = key.forms.iter().step_by(7).chain(&seeds).chain(&files);
    are_kept(&world, "coinbase", NAME, &key, forms).await;
}

#[tokio::test]
async fn an_rsa_key_is_stored_once_in_one_form() {
    let (world, key) = (World::start().await, rsa());
    are_kept(&world, "binance", SHORT, &key, key.forms.iter().step_by(3)).await;
    are_kept(&world, "bybit", SHORT, &key, key.forms.iter().step_by(7)).await;
}

#[tokio::test]
async fn a_shared_key_is_what_the_exchange_makes_of_its_text() {
    let world = World::start().await;
    are_one(&world, "kraken", SHORT, &kraken()).await;
}

#[tokio::test]
async fn a_key_that_works_is_verified_in_any_wrapping() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let body = with(&without(&demo(&world, "coinbase", "ok"), "key_type"), json!({ "verify": true }));
    let pem = text(&body["secret"]);
    let mut forms = layouts("EC PRIVATE KEY", &BASE64_STANDARD.decode(pem.lines().nth(1).unwrap()).unwrap());
    let name = text(&body["api_key"]);
    let files = files(&name, name.rsplit('/').next().unwrap(), &pem);
    // The paper exchange knows a key by its whole name only.
    forms.extend(files.into_iter().filter(|(what, _)| what != "the file of the id"));
    let mut shown = Vec::new();
    for (what, form) in forms.into_iter().step_by(3) {
        let reply = ada.creates(&with(&body, form)).await;
        assert_eq!((reply.status, &reply.body["data"]["status"]), (200, &json!("ok")), "{what}: {reply:?}");
        let id = text(&reply.body["data"]["id"]);
        shown.push(ada.decrypts(&id).await.body["data"].clone());
        ada.deletes(&id).await.assert_ok();
        forget_uses(&world).await;
    }
    shown.dedup();
    assert_eq!(shown.len(), 1, "{shown:#?}");
}

#[tokio::test]
async fn an_agent_is_stored_once() {
    let world = World::start().await;
    let agent = demo(&world, "hyperliquid", "ok");
    let digits = agent["secret"].as_str().unwrap().strip_prefix("0x").unwrap().to_owned();
    let master = agent["wallet_address"].clone();
    let form = |secret: &str, master: &Value| json!({ "secret": secret, "wallet_address": master });
    let forms = [
        ("with 0x", form(&format!("0x{digits}"), &master)),
        ("without 0x", form(&digits, &master)),
        ("in capitals", form(&format!("0x{}", digits.to_uppercase()), &master)),
        ("in capitals as a whole", form(&format!("0X{}", digits.to_uppercase()), &master)),
        ("in double quotes", form(&format!("\"0x{digits}\","), &master)),
        ("in single quotes", form(&format!("'{digits}';"), &master)),
        ("of another master", form(&digits, &json!(format!("0x{}", "7".repeat(40))))),
    ];
    let name = agent["api_key"].as_str().unwrap();
    let (ada, bob) = (Owner::of(&world).await, Owner::of(&world).await);
    let names = [json!(null), json!(name), json!(name.to_uppercase().replacen("0X", "0x", 1))];
    let after = forms.iter().cycle().skip(1);
    for (((stored, first), (again, next)), name) in forms.iter().zip(after).zip(names.iter().cycle()) {
        let body = |form: &Value| with(&json!({ "exchange": "hyperliquid", "api_key": name }), form.clone());
        let id = ada.keeps(&body(first)).await;
        assert_eq!(ada.decrypts(&id).await.body["data"]["secret"], json!(format!("0x{digits}")), "{stored}");
        let reply = bob.creates(&body(next)).await;
        assert_eq!(reply.status, 409, "{again}, stored {stored}: {reply:?}");
        ada.changes(&id, without(&body(next), "exchange")).await.assert_ok();
        assert_eq!(ada.decrypts(&id).await.body["data"]["secret"], json!(format!("0x{digits}")), "{again}");
        ada.deletes(&id).await.assert_ok();
    }
}

#[tokio::test]
async fn a_name_in_two_forms_is_one() {
    let world = World::start().await;
    let (ada, bob) = (Owner::of(&world).await, Owner::of(&world).await);
    let names = [NAME, ID, &ID.to_uppercase(), &NAME.replace("5F0D", "5f0d"), &NAME.replace("0a8c", "ffff")];
    let undashed = format!("organizations/x/apiKeys/{}", ID.replace('-', ""));
    let secret = p256().forms.remove(0).1;
    let body = |name: &str| with(&json!({ "exchange": "coinbase", "api_key": name }), secret.clone());
    for name in names.into_iter().chain([undashed.as_str()]) {
        let id = ada.keeps(&body(name)).await;
        for again in names.into_iter().chain([undashed.as_str()]) {
            let reply = bob.creates(&body(again)).await;
            assert_eq!(reply.status, 409, "{again}, stored as {name}: {reply:?}");
        }
        ada.deletes(&id).await.assert_ok();
    }
    let okx = |name: &str| json!({ "exchange": "okx", "api_key": name, "secret": "s", "passphrase": "p" });
    ada.keeps(&okx(ID)).await;
    assert_conflict(&bob.creates(&okx(&ID.to_uppercase())).await, "KEY_ALREADY_STORED");
    // Another passphrase makes no other key.
    assert_conflict(&bob.creates(&with(&okx(ID), json!({ "passphrase": "q" }))).await, "KEY_ALREADY_STORED");
}

#[tokio::test]
async fn other_keys_are_other_keys() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    for key in [p256(), ed25519(), p256()] {
        ada.keeps(&with(&json!({ "exchange": "coinbase", "api_key": NAME }), key.forms[0].1.clone())).await;
    }
    let other = NAME.replace("5F0D", "5F0E");
    ada.keeps(&with(&json!({ "exchange": "coinbase", "api_key": other }), ed25519().forms[0].1.clone())).await;
    for secret in ["a", "A", "A=", "A=="] {
        ada.keeps(&json!({ "exchange": "bybit", "api_key": "name-of-the-key-1", "secret": secret })).await;
    }
    fingerprints_agree(&world).await;
}

#[tokio::test]
async fn a_key_is_tried_five_times_a_minute_in_all_its_forms() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let body = json!({ "exchange": "coinbase", "verify": true });
    let names = [NAME, ID];
    let mut replies = Vec::new();
    for (at, (_, form)) in p256().forms.iter().enumerate().take(7) {
        let body = with(&body, json!({ "api_key": names[at % 2] }));
        replies.push(ada.creates(&with(&body, form.clone())).await.status);
    }
    assert_eq!(replies, [422, 422, 422, 422, 422, 429, 429]);
}
