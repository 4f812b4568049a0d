//! Whatever is pasted: nothing breaks, nothing comes back, and wrappings on wrappings leave the key that is in them.

use std::cell::Cell;

use api_keys::exchanges::{KeyType, PrivateKey, Reading};
use base64::{Engine, prelude::BASE64_STANDARD};
use proptest::{
    collection::vec,
    prelude::{Just, Strategy, any, prop_oneof},
    sample::{Index, select},
    strategy::ValueTree,
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};
use serde_json::json;
use tests::World;

use super::{
    NAME,
    written::{Key, ed25519, p256, rsa},
};
use crate::api_keys::{Owner, text};

/// Runs a property over so many cases, which do not change from one run of the tests to the next.
fn runner(cases: u32) -> TestRunner {
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha))
}

/// Pieces of what keys, files and wrappings are made of.
fn pieces() -> impl Strategy<Value = String> {
    let known = vec![
        "-----BEGIN ",
        "-----END ",
        "EC ",
        "RSA ",
        "ENCRYPTED ",
        "OPENSSH ",
        "PRIVATE KEY",
        "PUBLIC KEY",
        "CERTIFICATE",
        "-----",
        "--",
        "\n",
        "\\n",
        "\\r\\n",
        "\\u002",
        "\\u0041",
        "\\",
        "\"",
        "'",
        " ",
        ",",
        ";",
        "{",
        "}",
        "[",
        ":",
        "\"name\":",
        "\"id\":",
        "\"privateKey\":",
        "null",
        "Proc-Type: 4,ENCRYPTED",
        "ssh-rsa AAAA",
        "MHcCAQEE",
        "MC4CAQAwBQYDK2VwBCIEI",
        "=",
        "==",
        "0x",
        "canary",
        "MIIB",
        "MIID",
        "\u{2014}",
        "é",
        "\u{0}",
    ];
    prop_oneof![4 => select(known).prop_map(str::to_owned), 1 => ".{0,8}", 1 => "[A-Za-z0-9+/]{0,90}={0,2}"]
}

#[tokio::test]
async fn nothing_breaks_and_nothing_comes_back() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let names = ["coinbase", "binance", "htx", "okx", "hyperliquid"];
    let strategy = (select(names.to_vec()), vec(pieces(), 0..14), any::<bool>());
    let mut runner = runner(0);
    for _ in 0..300 {
        let (exchange, pieces, is_passphrase) = strategy.new_tree(&mut runner).unwrap().current();
        let pasted = pieces.concat();
        let mut body = json!({
            "exchange": exchange, "api_key": NAME, "secret": pasted, "wallet_address": null, "passphrase": null,
        });
        match exchange {
            "okx" if is_passphrase => body["passphrase"] = json!(pasted),
            "okx" => body["passphrase"] = json!("words"),
            "hyperliquid" => body["wallet_address"] = json!(format!("0x{}", "7".repeat(40))),
            _ => {}
        }
        let reply = ada.creates(&body).await;
        assert!([200, 422].contains(&reply.status), "{body}: {reply:?}");
        if reply.status == 200 {
            ada.deletes(&text(&reply.body["data"]["id"])).await.assert_ok();
        } else {
            assert!(!reply.text.contains("canary"), "{body}: {}", reply.text);
        }
    }
}

/// A wrapping that leaves the key as it is.
#[derive(Clone, Copy, Debug)]
enum Wrapping {
    Quoted(&'static str),
    Before(&'static str),
    Behind(&'static str),
    Breaks(&'static str),
    Slashes,
    Dashes,
}

impl Wrapping {
    fn around(self, text: &str) -> String {
        match self {
            Self::Quoted(quote) => format!("{quote}{text}{quote}"),
            Self::Before(before) => format!("{before}{text}"),
            Self::Behind(behind) => format!("{text}{behind}"),
            Self::Breaks(breaks) => text.replace('\n', breaks),
            Self::Slashes => text.replace('/', "\\/"),
            Self::Dashes => text.replace("-----", "\u{2014}--\u{2014}"),
        }
    }
}

fn wrappings() -> impl Strategy<Value = Vec<Wrapping>> {
    let breaks = ["\n", "\r\n", "\n\n", "\\n", "\\r\\n", "\\\\n", " ", "", "\n    ", "\t"];
    let wrapping = prop_oneof![
        select(vec!["\"", "'", "`", "\\\""]).prop_map(Wrapping::Quoted),
        select(vec![" ", "\n", "\t", "\\n"]).prop_map(Wrapping::Before),
        select(vec![" ", "\n", "\r\n", ",", ";", "\\n"]).prop_map(Wrapping::Behind),
        select(breaks.to_vec()).prop_map(Wrapping::Breaks),
        Just(Wrapping::Slashes),
        Just(Wrapping::Dashes),
    ];
    vec(wrapping, 0..7)
}

/// What a text is read as, in the form that an exchange keeps it in.
fn kept(exchange: &str, text: &str) -> Option<String> {
    let exchange = api_keys::exchanges::find(exchange).unwrap();
    match PrivateKey::read(text) {
        Reading::Key(key) => Some(exchange.written(&key).ok().unwrap().to_string()),
        _ => None,
    }
}

fn keys() -> [(&'static str, Key); 3] {
    [("coinbase", p256()), ("binance", ed25519()), ("bybit", rsa())]
}

#[test]
fn each_form_is_read_as_the_one_key() {
    for (exchange, key) in keys() {
        for (name, form) in key.forms.iter().filter(|(_, form)| form["key_type"].is_null()) {
            let read = kept(exchange, form["secret"].as_str().unwrap());
            assert!(read.as_ref() == Some(&key.kept), "{exchange}: {name}");
        }
    }
}

#[test]
fn wrappings_on_wrappings_leave_the_key() {
    let keys = keys();
    let strategy = (0..keys.len(), any::<Index>(), wrappings());
    runner(3_000)
        .run(&strategy, |(key, form, wrappings)| {
            let (exchange, Key { kept: expected, forms, .. }) = &keys[key];
            let (name, form) = form.get(forms);
            let text = form["secret"].as_str().unwrap();
            // A seed says nothing of itself, and a backslash alone stands for nothing once its line break is gone.
            let is_left_out =
                ["the seed, of its type", "PEM as a shell goes on in the next line"].contains(&name.as_str());
            let wrapped = wrappings.iter().fold(text.to_owned(), |text, wrapping| wrapping.around(&text));
            if !is_left_out {
                assert!(kept(exchange, &wrapped).as_ref() == Some(expected), "{name}: {wrappings:?}");
            }
            Ok(())
        })
        .unwrap();
}

#[test]
fn no_bytes_break_the_reader() {
    let keys = keys();
    let strategy = (0..keys.len(), any::<Index>(), vec((any::<Index>(), any::<u8>(), 0..4_u8), 0..6), any::<bool>());
    let read_as_keys = Cell::new(0);
    runner(6_000)
        .run(&strategy, |(key, form, changes, in_pem)| {
            let (_, Key { forms, .. }) = &keys[key];
            let (_, form) = form.get(forms);
            let text = form["secret"].as_str().unwrap();
            let lines = text.lines().filter(|line| !line.contains('-')).collect::<String>();
            let mut bytes = BASE64_STANDARD.decode(&lines).unwrap_or_else(|_| text.as_bytes().to_vec());
            for (at, byte, change) in changes {
                let at = at.index(bytes.len().max(1));
                match change {
                    0 => bytes.insert(at, byte),
                    1 => bytes.truncate(at),
                    2 if at < bytes.len() => drop(bytes.remove(at)),
                    _ => bytes.iter_mut().skip(at).take(1).for_each(|there| *there = byte),
                }
            }
            let base64 = BASE64_STANDARD.encode(&bytes);
            let label =
                if in_pem { format!("-----BEGIN PRIVATE KEY-----{base64}-----END PRIVATE KEY-----") } else { base64 };
            for text in [label.as_str(), &String::from_utf8_lossy(&bytes)] {
                if let Reading::Key(key) = PrivateKey::read(text) {
                    read_as_keys.set(read_as_keys.get() + 1);
                    assert!(key.sign(b"text").is_ok() && PrivateKey::of(key.kind(), text).is_ok());
                    assert!([KeyType::Ed25519, KeyType::Es256, KeyType::Rsa].contains(&key.kind()));
                }
            }
            Ok(())
        })
        .unwrap();
    assert!(read_as_keys.get() > 500, "{read_as_keys:?}");
}
