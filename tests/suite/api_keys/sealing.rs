//! Envelopes as they are stored, and whose they are: nothing of one opens in the place of another.

use std::time::Duration;

use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Value, json};
use tests::World;

use super::{Owner, binance, demo, forget_uses, text, with};

const PARTS: [&str; 3] = ["edk", "nonce", "ciphertext"];

fn bytes(row: &Value, part: &str) -> Vec<u8> {
    BASE64_STANDARD.decode(text(&row[part])).unwrap()
}

/// Neither alone nor together do the parts of `other` open in the place of those of `own`.
async fn does_not_open_with(owner: &Owner<'_>, own: &Value, other: &Value) {
    let (world, id) = (owner.world, text(&own["id"]));
    for part in PARTS {
        world.tamper("ExchangeKeys", own, part, other[part].clone()).await;
        owner.decrypts(&id).await.assert_internal_error();
    }
    let mut all = own.clone();
    for part in PARTS {
        all[part] = other[part].clone();
    }
    world.tamper("ExchangeKeys", &all, "kms_key_arn", other["kms_key_arn"].clone()).await;
    let refused = owner.decrypts(&id).await;
    refused.assert_internal_error();
    assert!(!refused.text.contains("secret-of"));
    owner.tests(&id).await.assert_internal_error();
    assert!(world.aws.paper().calls().is_empty());

    world.tamper("ExchangeKeys", own, "version", own["version"].clone()).await;
    owner.decrypts(&id).await.assert_ok();
}

#[tokio::test]
async fn a_data_key_opens_for_its_tenant_its_key_and_its_version_only() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let id = ada.keeps(&binance("the-first-name-1")).await;
    let edk = bytes(&ada.row(&id).await, "edk");
    let context = [
        ("app", "exkey-vault"),
        ("env", "local"),
        ("tenant", &ada.session.user_id),
        ("key_id", &id),
        ("v", "1"),
        ("schema", "1"),
    ];
    assert!(world.kms_opens(&edk, &context).await);
    for at in 0..context.len() {
        let mut other = context;
        other[at].1 = "01981e5a-6f1c-7c3a-8b47-2f7f0a4b8a11";
        assert!(!world.kms_opens(&edk, &other).await, "{}", context[at].0);
        let rest = [&context[..at], &context[at + 1..]].concat();
        assert!(!world.kms_opens(&edk, &rest).await, "without {}", context[at].0);
    }
    ada.changes(&id, json!({ "secret": "another" })).await.assert_ok();
    assert!(!world.kms_opens(&bytes(&ada.row(&id).await, "edk"), &context).await);
}

#[tokio::test]
async fn nothing_of_one_tenant_opens_for_another() {
    let world = World::start().await;
    let (ada, bob) = (Owner::of(&world).await, Owner::of(&world).await);
    let (adas, bobs) = (ada.keeps(&binance("a-key-of-adas-own")).await, bob.keeps(&binance("a-key-of-bobs-own")).await);
    let (adas, bobs) = (ada.row(&adas).await, bob.row(&bobs).await);
    does_not_open_with(&ada, &adas, &bobs).await;
    does_not_open_with(&bob, &bobs, &adas).await;
}

#[tokio::test]
async fn nothing_of_one_key_opens_as_another_of_the_same_tenant() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let (first, second) =
        (ada.keeps(&binance("the-first-name-1")).await, ada.keeps(&binance("the-second-name2")).await);
    let (first, second) = (ada.row(&first).await, ada.row(&second).await);
    does_not_open_with(&ada, &first, &second).await;
    does_not_open_with(&ada, &second, &first).await;
}

#[tokio::test]
async fn nothing_of_one_version_opens_as_another() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let id = ada.keeps(&binance("the-first-name-1")).await;
    let old = ada.row(&id).await;
    ada.changes(&id, json!({ "secret": "another" })).await.assert_ok();
    does_not_open_with(&ada, &ada.row(&id).await, &old).await;
}

#[tokio::test]
async fn an_old_record_put_back_is_refused() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let id = ada.keeps(&demo(&world, "okx", "ok")).await;
    let old = ada.row(&id).await;
    ada.changes(&id, json!({ "secret": "another", "passphrase": "another" })).await.assert_ok();
    world.tamper("ExchangeKeys", &old, "label", json!("put back")).await;
    let (refused, calls) = world.calls(ada.decrypts(&id)).await;
    refused.assert_internal_error();
    assert!(calls.kms.is_empty());
    ada.tests(&id).await.assert_internal_error();
    ada.changes(&id, json!({ "label": "x" })).await.assert_internal_error();
    let new_secret = json!({ "api_key": "new", "secret": "new", "passphrase": "new" });
    ada.changes(&id, new_secret).await.assert_internal_error();
    assert_eq!(ada.row(&id).await["label"], "put back", "nothing was written");
    assert_eq!(ada.sees(&id).await["status"], "untested");
    // Its owner can always be rid of it.
    ada.deletes(&id).await.assert_ok();
    assert!(ada.lists().await.is_empty());
}

#[tokio::test]
async fn an_old_record_of_a_deleted_key_does_not_rise_again() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let id = ada.keeps(&binance("the-first-name-1")).await;
    let old = ada.row(&id).await;
    ada.deletes(&id).await.assert_ok();
    world.tamper("ExchangeKeys", &old, "label", json!("put back")).await;
    let (refused, calls) = world.calls(ada.decrypts(&id)).await;
    refused.assert_internal_error();
    assert!(calls.kms.is_empty());
}

#[tokio::test]
async fn the_same_input_is_sealed_differently_every_time() {
    let world = World::start().await;
    let (ada, bob) = (Owner::of(&world).await, Owner::of(&world).await);
    let body = binance("the-first-name-1");
    let mut sealed = Vec::new();
    for (owner, exchange) in [(&ada, "binance"), (&ada, "bybit"), (&bob, "mexc")] {
        let id = owner.keeps(&with(&body, json!({ "exchange": exchange }))).await;
        sealed.push(owner.row(&id).await);
        owner.changes(&id, json!({ "secret": body["secret"] })).await.assert_ok();
        sealed.push(owner.row(&id).await);
        owner.deletes(&id).await.assert_ok();
        let id = owner.keeps(&with(&body, json!({ "exchange": exchange }))).await;
        sealed.push(owner.row(&id).await);
    }
    for part in [&PARTS[..], &["sealed_name"]].concat() {
        let mut values: Vec<_> = sealed.iter().map(|row| text(&row[part])).collect();
        values.sort();
        values.dedup();
        assert_eq!(values.len(), 9, "{part}");
    }
}

#[tokio::test]
async fn a_ciphertext_does_not_tell_how_long_the_secret_is() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let mut lengths = Vec::new();
    for length in [1, 8, 31, 64, 100, 300, 1_000, 4_000] {
        let body = with(&binance(&format!("the-name-for-{length}")), json!({ "secret": "s".repeat(length) }));
        let id = ada.keeps(&body).await;
        let row = ada.row(&id).await;
        assert_eq!((bytes(&row, "nonce").len(), bytes(&row, "ciphertext").len() % 256), (12, 16), "{length}");
        lengths.push(bytes(&row, "ciphertext").len());
        assert_eq!(ada.decrypts(&id).await.body["data"]["secret"], body["secret"]);
    }
    assert_eq!(lengths[..5], [256 + 16; 5]);
    assert!(lengths[5..].is_sorted() && lengths[5] > 256 + 16 && lengths[7] > 4_000, "{lengths:?}");
}

#[tokio::test]
async fn a_data_key_is_made_for_each_new_secret_and_for_nothing_else() {
    let world = World::start().await;
    // Whoever loses a round seals anew; here nobody is in anybody's way.
    world.aws.set_conflicts(Duration::ZERO);
    let ada = Owner::of(&world).await;
    let mut body = demo(&world, "okx", "ok");
    let ((), calls) = world
        .calls(async {
            let id = ada.keeps(&body).await;
            ada.changes(&id, json!({ "secret": "another", "passphrase": "another" })).await.assert_ok();
            ada.changes(&id, json!({ "label": "x", "is_active": true })).await.assert_ok();
            ada.changes(&id, json!({ "secret": "another" })).await.assert_status(422);
            ada.creates(&with(&body, json!({ "secret": "an other" }))).await.assert_status(422);
            ada.decrypts(&id).await.assert_ok();
            ada.tests(&id).await.assert_ok();
            assert_eq!((ada.lists().await.len(), ada.events(&id).await.len()), (1, 5));
            ada.deletes(&id).await.assert_ok();
        })
        .await;
    assert_eq!(
        calls.kms.into_iter().collect::<Vec<_>>(),
        [("Decrypt".to_owned(), 2), ("GenerateDataKey".to_owned(), 2)]
    );
    body["label"] = json!("again");
    let ((), calls) = world.calls(async { drop(ada.keeps(&body).await) }).await;
    assert_eq!(calls.kms.into_iter().collect::<Vec<_>>(), [("GenerateDataKey".to_owned(), 1)]);
    forget_uses(&world).await;
}
