//! Changes of a key: label, switch, credentials.

use serde_json::{Value, json};
use tests::{Reply, World};

use super::{Owner, assert_conflict, binance, demo, fingerprints_agree, text, with, without};

const ENVELOPE: [&str; 3] = ["edk", "nonce", "ciphertext"];

/// Nobody sees any of these.
const UNSEEN: [&str; 7] = [
    "\u{200b}",
    " \u{ad}\u{feff}",
    "\u{202e}\u{2066}",
    "\u{3164}",
    "\u{115f}\u{ffa0}",
    "\u{2800}",
    "\u{fe0f}\u{e0041}\u{301}",
];

fn assert_refused(reply: &Reply, field: &str) {
    reply.assert_status(422);
    let flaw = &reply.body["detail"][0];
    assert_eq!((&flaw["loc"], &flaw["input"]), (&json!(["body", field]), &json!(null)));
    assert!(!reply.text.contains("canary"), "{}", reply.text);
}

async fn clear(ada: &Owner<'_>, id: &str) -> (String, String) {
    let data = ada.decrypts(id).await.body["data"].clone();
    (text(&data["api_key"]), text(&data["secret"]))
}

#[tokio::test]
async fn a_label_is_something_to_see() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let id = ada.keeps(&demo(&world, "okx", "ok")).await;
    let before = ada.sees(&id).await;
    for label in UNSEEN {
        let reply = ada.changes(&id, json!({ "label": label })).await;
        assert_eq!((reply.status, &reply.body["detail"][0]["loc"]), (422, &json!(["body", "label"])), "{label:?}");
        let reply = ada.creates(&with(&demo(&world, "binance", "ok"), json!({ "label": label }))).await;
        assert_eq!((reply.status, &reply.body["detail"][0]["loc"]), (422, &json!(["body", "label"])), "{label:?}");
    }
    assert_eq!((ada.sees(&id).await, ada.lists().await.len()), (before, 1));
    ada.changes(&id, json!({ "label": "\u{2764}\u{fe0f}" })).await.assert_ok();
}

#[tokio::test]
async fn a_label_changes_and_nothing_else_does() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let id = ada.keeps(&demo(&world, "okx", "ok")).await;
    ada.tests(&id).await.assert_ok();
    let (before, row) = (ada.sees(&id).await, ada.row(&id).await);
    world.advance(5);
    let changed = ada.changes(&id, json!({ "label": "  another  " })).await;
    assert_eq!((changed.status, &changed.body["message"]), (200, &json!("API key updated")));
    let after = ada.sees(&id).await;
    assert_eq!(changed.body["data"], after);
    assert_eq!(after, with(&before, json!({ "label": "another", "updated_at": after["updated_at"] })));
    assert_ne!(after["updated_at"], before["updated_at"]);
    let now = ada.row(&id).await;
    assert!(ENVELOPE.iter().all(|part| now[part] == row[part]), "not sealed anew");
}

#[tokio::test]
async fn a_new_secret_keeps_the_name_and_forgets_the_old_one() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let id = ada.keeps(&demo(&world, "binance", "bad_secret")).await;
    assert_eq!(ada.tests(&id).await.body["data"]["status"], "invalid_signature");
    let old = ada.row(&id).await;
    let right = demo(&world, "binance", "ok");
    let changed = ada.changes(&id, json!({ "secret": right["secret"] })).await;
    changed.assert_ok();
    let key = &changed.body["data"];
    assert_eq!((&key["status"], &key["last_tested_at"]), (&json!("untested"), &json!(null)));
    assert!(key["secret_rotated_at"].is_string());
    assert_eq!(clear(&ada, &id).await, (text(&right["api_key"]), text(&right["secret"])));
    assert_eq!(ada.tests(&id).await.body["data"]["status"], "ok");

    let new = ada.row(&id).await;
    assert!(ENVELOPE.iter().all(|part| new[part] != old[part]));
    assert_eq!((&old["secret_version"], &new["secret_version"]), (&json!(1), &json!(2)));
    let everything = json!(world.rows("ExchangeKeys").await).to_string();
    assert!(
        ENVELOPE.iter().all(|part| !everything.contains(old[part].as_str().unwrap())),
        "the old ciphertext is gone"
    );
    fingerprints_agree(&world).await;
}

#[tokio::test]
async fn a_new_secret_unblocks_until_the_next_test() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let id = ada.keeps(&demo(&world, "okx", "withdraw")).await;
    ada.tests(&id).await.assert_ok();
    assert_conflict(&ada.decrypts(&id).await, "KEY_CAN_WITHDRAW");
    let harmless = demo(&world, "okx", "ok");
    ada.changes(&id, without(&without(&harmless, "label"), "key_type")).await.assert_ok();
    let key = ada.sees(&id).await;
    assert_eq!((&key["status"], &key["warnings"]), (&json!("untested"), &json!([])));
    assert_eq!(key["permissions"], json!({ "read": null, "trade": null, "withdraw": null, "transfer": null }));
    ada.decrypts(&id).await.assert_ok();
    assert_eq!(ada.tests(&id).await.body["data"]["key_status"], "ok");
}

#[tokio::test]
async fn a_new_name_frees_the_old_one() {
    let world = World::start().await;
    let (ada, bob) = (Owner::of(&world).await, Owner::of(&world).await);
    let id = ada.keeps(&binance("the-first-name-1")).await;
    ada.changes(&id, json!({ "api_key": "the-second-name2", "secret": "second" })).await.assert_ok();
    assert_eq!(clear(&ada, &id).await, ("the-second-name2".to_owned(), "second".to_owned()));
    assert_eq!(ada.sees(&id).await["api_key"], "the-****ame2");
    ada.changes(&id, json!({ "secret": "third" })).await.assert_ok();
    assert_eq!(clear(&ada, &id).await, ("the-second-name2".to_owned(), "third".to_owned()));
    bob.keeps(&binance("the-first-name-1")).await;
    let third = with(&binance("the-second-name2"), json!({ "secret": "third" }));
    assert_conflict(&bob.creates(&third).await, "KEY_ALREADY_STORED");
    fingerprints_agree(&world).await;
}

#[tokio::test]
async fn a_name_that_is_kept_already_is_not_taken_over() {
    let world = World::start().await;
    let (ada, bob) = (Owner::of(&world).await, Owner::of(&world).await);
    let id = ada.keeps(&binance("the-first-name-1")).await;
    ada.keeps(&binance("a-second-of-adas")).await;
    bob.keeps(&binance("the-one-of-bobs1")).await;
    let before = (ada.row(&id).await, ada.events(&id).await);
    let become_same = |name: &str| {
        let secret = binance(name)["secret"].clone();
        ada.changes(&id, json!({ "api_key": name, "secret": secret, "label": "x" }))
    };
    let (own, foreign) = (become_same("a-second-of-adas").await, become_same("the-one-of-bobs1").await);
    assert_conflict(&own, "KEY_ALREADY_STORED");
    assert_eq!((own.status, &own.text), (foreign.status, &foreign.text));
    assert_eq!((ada.row(&id).await, ada.events(&id).await), before);
    ada.changes(&id, json!({ "api_key": "the-first-name-1", "secret": "second" })).await.assert_ok();
    assert_eq!(clear(&ada, &id).await.1, "second");
    fingerprints_agree(&world).await;
}

#[tokio::test]
async fn credentials_come_with_all_that_belongs_to_them() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let binance = ada.keeps(&binance("the-first-name-1")).await;
    let okx = ada.keeps(&demo(&world, "okx", "ok")).await;
    let agent = ada.keeps(&demo(&world, "hyperliquid", "ok")).await;
    let kraken = ada.keeps(&demo(&world, "kraken", "ok")).await;
    for (id, change, field) in [
        (&binance, json!({ "api_key": "canary" }), "secret"),
        (&binance, json!({ "key_type": "ed25519" }), "secret"),
        (&binance, json!({ "secret": "canary", "passphrase": "canary" }), "passphrase"),
        (&binance, json!({ "secret": "canary canary" }), "secret"),
        (&binance, json!({ "secret": "canary", "key_type": "agent" }), "key_type"),
        (&binance, json!({ "secret": 5, "label": "x" }), "secret"),
        (&binance, json!({ "label": "" }), "label"),
        (&binance, json!({ "is_active": "canary" }), "is_active"),
        (&okx, json!({ "secret": "canary" }), "passphrase"),
        (&okx, json!({ "passphrase": "canary" }), "secret"),
        (&okx, json!({ "api_key": "canary", "secret": "canary" }), "passphrase"),
        (&agent, json!({ "wallet_address": "0xcanary" }), "secret"),
        (&agent, json!({ "secret": "0xcanary" }), "secret"),
        (&kraken, json!({ "secret": "canary-canary" }), "secret"),
    ] {
        let before = ada.row(id).await;
        assert_refused(&ada.changes(id, change).await, field);
        assert_eq!(ada.row(id).await, before);
    }
    ada.changes(&okx, json!({ "secret": "another", "passphrase": "too" })).await.assert_ok();
    assert_eq!(ada.decrypts(&okx).await.body["data"]["passphrase"], "too");
}

#[tokio::test]
async fn another_agent_of_the_same_wallet_needs_its_key_only() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let (first, second) = (demo(&world, "hyperliquid", "ok"), demo(&world, "hyperliquid", "expired"));
    let id = ada.keeps(&first).await;
    ada.changes(&id, json!({ "secret": second["secret"] })).await.assert_ok();
    let data = ada.decrypts(&id).await.body["data"].clone();
    assert_eq!((&data["api_key"], &data["wallet_address"]), (&second["api_key"], &first["wallet_address"]));
    fingerprints_agree(&world).await;
}

#[tokio::test]
async fn exchange_and_environment_cannot_change() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let id = ada.keeps(&binance("the-first-name-1")).await;
    let before = ada.row(&id).await;
    for (field, value) in [("exchange", "bybit"), ("environment", "testnet")] {
        for rest in [json!({}), json!({ "label": "x" }), json!({ "api_key": "canary", "secret": "canary" })] {
            assert_refused(&ada.changes(&id, with(&rest, json!({ field: value }))).await, field);
        }
    }
    assert_eq!(ada.row(&id).await, before);
    ada.changes(&id, json!({ "exchange": "binance", "environment": "live", "label": "x" })).await.assert_ok();
}

#[tokio::test]
async fn a_change_of_nothing_changes_nothing_to_be_seen() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let id = ada.keeps(&binance("the-first-name-1")).await;
    let before = ada.sees(&id).await;
    for change in
        [json!({}), json!({ "label": null, "secret": null, "is_active": null }), json!({ "unknown": Value::Null })]
    {
        ada.changes(&id, change).await.assert_ok();
    }
    let after = ada.sees(&id).await;
    assert_eq!(with(&after, json!({ "updated_at": null })), with(&before, json!({ "updated_at": null })));
}
