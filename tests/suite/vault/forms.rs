//! One key is stored once, in whatever form it comes: each form that is accepted is known again in each other one, by anybody.

use aws_lc_rs::{
    encoding::{AsBigEndian, AsDer, EcPrivateKeyBin, Pkcs8V1Der},
    rsa::{self, KeySize},
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Value, json};
use tests::World;

use super::{Owner, demo, fingerprints_agree, is_409, is_ok, text, with, without};

const NAME: &str = "organizations/0a8c1c52-6d1e-4f0e-9a61-5f1f8b1f6a01/apiKeys/5F0D2C1E-7E1B-4c55-8f3a-2d9b8e6a7c10";
const ID: &str = "5f0d2c1e-7e1b-4c55-8f3a-2d9b8e6a7c10";

/// A way of writing a key, and the members of a body that do.
type Form = (&'static str, Value);

/// A value of ASN.1 in DER.
fn der(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let [high, low] = u16::try_from(content.len()).unwrap().to_be_bytes();
    let length = match content.len() {
        0..128 => vec![low],
        128..256 => vec![0x81, low],
        _ => vec![0x82, high, low],
    };
    [&[tag][..], &length, &content].concat()
}

fn base64(der: &[u8]) -> String {
    BASE64_STANDARD.encode(der)
}

/// In lines of 64 characters.
fn pem(label: &str, der: &[u8]) -> String {
    pem_in_lines(label, der, 64)
}

fn pem_in_lines(label: &str, der: &[u8], width: usize) -> String {
    let text = base64(der);
    let lines: Vec<_> = text.as_bytes().chunks(width).map(|line| std::str::from_utf8(line).unwrap()).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----", lines.join("\n"))
}

const VERSION_1: [u8; 3] = [2, 1, 0];
const VERSION_2: [u8; 3] = [2, 1, 1];
/// `id-ecPublicKey` and `prime256v1`, `Ed25519`, `rsaEncryption` and its parameters.
const EC: [u8; 9] = [6, 7, 0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1];
const P256: [u8; 10] = [6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7];
const ED25519: [u8; 5] = [6, 3, 0x2b, 0x65, 0x70];
const RSA: [u8; 13] = [6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1, 5, 0];

/// The layouts that a PEM may have.
fn layouts(label: &str, der: &[u8]) -> Vec<Form> {
    let usual = pem(label, der);
    let secret = |text: String| json!({ "secret": text });
    vec![
        ("PEM", secret(usual.clone())),
        ("PEM with a line break at its end", secret(format!("{usual}\n"))),
        ("PEM with CRLF", secret(usual.replace('\n', "\r\n"))),
        ("PEM in lines of 76", secret(pem_in_lines(label, der, 76))),
        ("PEM in lines of 20", secret(pem_in_lines(label, der, 20))),
        ("PEM in one long line", secret(pem_in_lines(label, der, 10_000))),
        ("PEM with empty lines", secret(usual.replacen('\n', "\n\n", 2))),
        ("PEM with literal breaks", secret(usual.replace('\n', "\\n"))),
        ("PEM with literal CRLF", secret(usual.replace('\n', "\\r\\n"))),
        ("PEM before other text", secret(format!("{usual}\nCopied from the console"))),
        ("PEM after another block", secret(format!("{}\n{usual}", pem("EC PARAMETERS", &P256)))),
    ]
}

fn p256() -> Vec<Form> {
    let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
    let private: EcPrivateKeyBin<'_> = pair.private_key().as_be_bytes().unwrap();
    let private = der(4, &[private.as_ref()]);
    let public = der(0xa1, &[&der(3, &[&[0], pair.public_key().as_ref()])]);
    let curve = der(0xa0, &[&P256]);
    let algorithm = der(0x30, &[&EC, &P256]);
    let sec1 = |parts: &[&[u8]]| der(0x30, &[&VERSION_2, &private, &parts.concat()]);
    let pkcs8 = |key: &[u8]| der(0x30, &[&VERSION_1, &algorithm, &der(4, &[key])]);
    let (whole, inner) = (sec1(&[&curve, &public]), pkcs8(&sec1(&[&public])));
    let secret = |label: &str, der: &[u8]| json!({ "secret": pem(label, der) });
    let mut forms = layouts("EC PRIVATE KEY", &whole);
    forms.extend([
        ("SEC 1 without the public key", secret("EC PRIVATE KEY", &sec1(&[&curve]))),
        ("PKCS #8", secret("PRIVATE KEY", &inner)),
        ("PKCS #8 with CRLF", json!({ "secret": pem("PRIVATE KEY", &inner).replace('\n', "\r\n") })),
        ("PKCS #8 without the public key", secret("PRIVATE KEY", &pkcs8(&sec1(&[])))),
        ("PKCS #8 that names the curve twice", secret("PRIVATE KEY", &pkcs8(&whole))),
        ("PKCS #8 labelled as SEC 1", secret("EC PRIVATE KEY", &inner)),
    ]);
    forms
}

/// The forms of an Ed25519 key that exchanges share, and those where base64 may be in lines.
fn ed25519() -> (Vec<Form>, Vec<Form>) {
    let seed: [u8; 32] = std::array::from_fn(|at| u8::try_from(at * 7 % 251).unwrap());
    let pair = Ed25519KeyPair::from_seed_unchecked(&seed).unwrap();
    let public = pair.public_key().as_ref();
    let (algorithm, private) = (der(0x30, &[&ED25519]), der(4, &[&der(4, &[&seed])]));
    let first = der(0x30, &[&VERSION_1, &algorithm, &private]);
    let second = der(0x30, &[&VERSION_2, &algorithm, &private, &der(0x81, &[&[0], public])]);
    let typed = |text: String| json!({ "secret": text, "key_type": "ed25519" });
    let mut forms = layouts("PRIVATE KEY", &first);
    forms.extend([
        ("PKCS #8, version 2", json!({ "secret": pem("PRIVATE KEY", &second) })),
        ("the seed", typed(base64(&seed))),
        ("the seed and the public key", typed(base64(&[&seed[..], public].concat()))),
        ("DER in base64", typed(base64(&first))),
        ("DER of version 2 in base64", typed(base64(&second))),
        ("the seed, of no type", json!({ "secret": base64(&seed) })),
        ("the seed and the public key, of no type", json!({ "secret": base64(&[&seed[..], public].concat()) })),
        ("DER in base64, of no type", json!({ "secret": base64(&first) })),
    ]);
    let both = base64(&[&seed[..], public].concat());
    let lines = vec![
        ("base64 in two lines", json!({ "secret": format!("{}\n{}", &both[..44], &both[44..]) })),
        ("base64 in two lines with CRLF", json!({ "secret": format!("{}\r\n {}", &both[..60], &both[60..]) })),
    ];
    (forms, lines)
}

fn rsa() -> Vec<Form> {
    let pair = rsa::KeyPair::generate(KeySize::Rsa2048).unwrap();
    let pkcs8 = AsDer::<Pkcs8V1Der<'_>>::as_der(&pair).unwrap();
    let pkcs8 = pkcs8.as_ref();
    // What stands in PKCS #8 behind version, algorithm and the head of the octet string.
    let pkcs1 = &pkcs8[26..];
    assert_eq!(der(0x30, &[&VERSION_1, &der(0x30, &[&RSA]), &der(4, &[pkcs1])]), pkcs8);
    let mut forms = layouts("PRIVATE KEY", pkcs8);
    forms.extend([
        ("PKCS #1", json!({ "secret": pem("RSA PRIVATE KEY", pkcs1) })),
        ("PKCS #1 with CRLF", json!({ "secret": pem("RSA PRIVATE KEY", pkcs1).replace('\n', "\r\n") })),
        ("PKCS #1 of its type", json!({ "secret": pem("RSA PRIVATE KEY", pkcs1), "key_type": "rsa" })),
    ]);
    forms
}

fn kraken() -> Vec<Form> {
    let key: [u8; 64] = std::array::from_fn(|at| u8::try_from(at + 1).unwrap());
    vec![
        ("base64", json!({ "secret": base64(&key) })),
        ("base64 with zeros behind the key", json!({ "secret": base64(&[&key[..], &[0; 5]].concat()) })),
        ("base64 of its type", json!({ "secret": base64(&key), "key_type": "hmac" })),
    ]
}

/// Each form is accepted, and whoever then brings the next one is told that it is stored: so all of them are one.
async fn are_one(exchange: &str, name: &str, forms: &[Form]) {
    let world = World::start().await;
    let (ada, bob) = (Owner::of(&world).await, Owner::of(&world).await);
    let body = |form: &Value| with(&json!({ "exchange": exchange, "api_key": name }), form.clone());
    let other = bob.keeps(&without(&demo(&world, exchange, "ok"), "key_type")).await;
    for ((stored, form), (again, next)) in forms.iter().zip(forms.iter().cycle().skip(1)) {
        let reply = ada.creates(&body(form)).await;
        assert_eq!(reply.status, 200, "{exchange}: {stored}: {reply:?}");
        let id = text(&reply.body["data"]["id"]);
        for reply in [
            ada.creates(&body(form)).await,
            ada.creates(&body(next)).await,
            bob.creates(&body(next)).await,
            bob.changes(&other, without(&body(next), "exchange")).await,
        ] {
            assert_eq!(reply.status, 409, "{exchange}: {again}, stored as {stored}");
            is_409(&reply, "KEY_ALREADY_STORED");
        }
        is_ok(&ada.deletes(&id).await);
    }
    fingerprints_agree(&world).await;
}

#[tokio::test]
async fn a_p256_key_is_stored_once() {
    are_one("coinbase", NAME, &p256()).await;
}

#[tokio::test]
async fn an_ed25519_key_is_stored_once() {
    let (mut forms, lines) = ed25519();
    are_one("binance", "name-of-the-key-1", &forms).await;
    are_one("htx", "name-of-the-key-1", &forms[11..]).await;
    forms.extend(lines);
    are_one("coinbase", NAME, &forms[8..]).await;
}

#[tokio::test]
async fn an_rsa_key_is_stored_once() {
    let forms = rsa();
    are_one("binance", "name-of-the-key-1", &forms).await;
    are_one("bybit", "name-of-the-key-1", &forms[8..]).await;
}

#[tokio::test]
async fn a_shared_key_is_what_the_exchange_makes_of_its_text() {
    are_one("kraken", "name-of-the-key-1", &kraken()).await;
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
        ("of another master", form(&digits, &json!(format!("0x{}", "7".repeat(40))))),
    ];
    let name = agent["api_key"].as_str().unwrap();
    let (ada, bob) = (Owner::of(&world).await, Owner::of(&world).await);
    for (stored, first) in &forms {
        for name in [json!(null), json!(name), json!(name.to_uppercase().replacen("0X", "0x", 1))] {
            let body = |form: &Value| with(&json!({ "exchange": "hyperliquid", "api_key": name }), form.clone());
            let id = ada.keeps(&body(first)).await;
            for (again, form) in &forms {
                let reply = bob.creates(&body(form)).await;
                assert_eq!(reply.status, 409, "{again}, stored {stored}");
            }
            is_ok(&ada.deletes(&id).await);
        }
    }
}

#[tokio::test]
async fn a_name_in_two_forms_is_one() {
    let world = World::start().await;
    let (ada, bob) = (Owner::of(&world).await, Owner::of(&world).await);
    let names = [NAME, ID, &ID.to_uppercase(), &NAME.replace("5F0D", "5f0d"), &NAME.replace("0a8c", "ffff")];
    let undashed = format!("organizations/x/apiKeys/{}", ID.replace('-', ""));
    let secret = p256().remove(0).1;
    let body = |name: &str| with(&json!({ "exchange": "coinbase", "api_key": name }), secret.clone());
    for name in names.into_iter().chain([undashed.as_str()]) {
        let id = ada.keeps(&body(name)).await;
        for again in names.into_iter().chain([undashed.as_str()]) {
            let reply = bob.creates(&body(again)).await;
            assert_eq!(reply.status, 409, "{again}, stored as {name}");
        }
        is_ok(&ada.deletes(&id).await);
    }
    let okx = |name: &str| json!({ "exchange": "okx", "api_key": name, "secret": "s", "passphrase": "p" });
    ada.keeps(&okx(ID)).await;
    is_409(&bob.creates(&okx(&ID.to_uppercase())).await, "KEY_ALREADY_STORED");
    // Another passphrase makes no other key.
    is_409(&bob.creates(&with(&okx(ID), json!({ "passphrase": "q" }))).await, "KEY_ALREADY_STORED");
}

#[tokio::test]
async fn other_keys_are_other_keys() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    for forms in [p256(), ed25519().0, p256()] {
        ada.keeps(&with(&json!({ "exchange": "coinbase", "api_key": NAME }), forms[0].1.clone())).await;
    }
    let other = NAME.replace("5F0D", "5F0E");
    ada.keeps(&with(&json!({ "exchange": "coinbase", "api_key": other }), ed25519().0[0].1.clone())).await;
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
    for (at, (_, form)) in p256().iter().enumerate().take(7) {
        let body = with(&body, json!({ "api_key": names[at % 2] }));
        replies.push(ada.creates(&with(&body, form.clone())).await.status);
    }
    assert_eq!(replies, [422, 422, 422, 422, 422, 429, 429]);
}
