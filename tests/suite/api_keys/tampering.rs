//! Records that somebody has changed behind our back: they do not open, and nobody is told why.

use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Value, json};
use tests::World;

use super::{Owner, binance, forget_uses, rows, text};

/// A key, and its record as it was stored.
struct Kept<'w> {
    ada: Owner<'w>,
    id: String,
    row: Value,
}

impl<'w> Kept<'w> {
    async fn of(world: &'w World) -> Self {
        let ada = Owner::of(world).await;
        let id = ada.keeps(&binance("name-of-the-key-1")).await;
        let row = ada.row(&id).await;
        Self { ada, id, row }
    }

    /// With this change of its record the key does not open: a 500 like any other, and no word of the secret.
    async fn assert_refused_with(&self, attribute: &str, value: Value) {
        let world = self.ada.world;
        assert_ne!(self.row[attribute], value);
        world.tamper("ExchangeKeys", &self.row, attribute, value.clone()).await;
        forget_uses(world).await;
        let reply = self.ada.decrypts(&self.id).await;
        assert_eq!(reply.status, 500, "{attribute} = {value}: {reply:?}");
        reply.assert_internal_error();
    }

    /// As it was stored it opens.
    async fn opens_again(&self) {
        self.ada.world.tamper("ExchangeKeys", &self.row, "label", json!("as it was")).await;
        forget_uses(self.ada.world).await;
        self.ada.decrypts(&self.id).await.assert_ok();
    }

    fn bytes(&self, part: &str) -> Vec<u8> {
        BASE64_STANDARD.decode(text(&self.row[part])).unwrap()
    }
}

#[tokio::test]
async fn a_flipped_bit_is_noticed_wherever_it_is() {
    let world = World::start().await;
    let kept = Kept::of(&world).await;
    for (part, step) in [("nonce", 7), ("ciphertext", 67), ("edk", 41)] {
        let bytes = kept.bytes(part);
        let (last, all) = (bytes.len() * 8 - 1, (0..bytes.len() * 8).step_by(step));
        for bit in all.chain([last]) {
            let mut flipped = bytes.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            kept.assert_refused_with(part, json!(BASE64_STANDARD.encode(flipped))).await;
        }
    }
    kept.opens_again().await;
}

#[tokio::test]
async fn what_is_cut_off_or_added_is_noticed() {
    let world = World::start().await;
    let kept = Kept::of(&world).await;
    for part in ["nonce", "ciphertext", "edk"] {
        let bytes = kept.bytes(part);
        for length in [0, 1, 11, bytes.len() - 1] {
            kept.assert_refused_with(part, json!(BASE64_STANDARD.encode(&bytes[..length]))).await;
        }
        kept.assert_refused_with(part, json!(BASE64_STANDARD.encode(&bytes[1..]))).await;
        kept.assert_refused_with(part, json!(BASE64_STANDARD.encode([&bytes[..], &[0]].concat()))).await;
        for other in [json!("no base64!"), json!(5), json!(null), json!(["x"])] {
            kept.assert_refused_with(part, other).await;
        }
    }
    let without_tag = kept.bytes("ciphertext");
    kept.assert_refused_with("ciphertext", json!(BASE64_STANDARD.encode(&without_tag[..16]))).await;
    kept.opens_again().await;
}

#[tokio::test]
async fn a_key_opens_under_the_kms_key_that_it_names_and_no_other() {
    let world = World::start().await;
    let kept = Kept::of(&world).await;
    let arn = text(&kept.row["kms_key_arn"]);
    let other = arn.replace(|digit: char| digit.is_ascii_digit(), "7");
    for wrong in [other.as_str(), &arn[..arn.len() - 1], &format!("{arn}0"), "alias/another", ""] {
        kept.assert_refused_with("kms_key_arn", json!(wrong)).await;
    }
    kept.opens_again().await;
}

#[tokio::test]
async fn exchange_environment_and_version_are_sealed_along() {
    let world = World::start().await;
    let kept = Kept::of(&world).await;
    kept.assert_refused_with("exchange", json!("bybit")).await;
    kept.assert_refused_with("exchange", json!("binanc")).await;
    kept.assert_refused_with("environment", json!("testnet")).await;
    kept.assert_refused_with("environment", json!("moon")).await;
    kept.assert_refused_with("alg", json!("none")).await;
    for version in [0, 2] {
        kept.assert_refused_with("secret_version", json!(version)).await;
        // Also where the fingerprint has been changed along.
        let fingerprint = world.rows_of("ExchangeKeys", "FINGERPRINT#").await.remove(0);
        world.tamper("ExchangeKeys", &fingerprint, "secret_version", json!(version)).await;
        kept.assert_refused_with("secret_version", json!(version)).await;
        world.tamper("ExchangeKeys", &fingerprint, "secret_version", json!(1)).await;
    }
    kept.opens_again().await;
}

#[tokio::test]
async fn a_planted_owner_or_id_is_not_read() {
    let world = World::start().await;
    let kept = Kept::of(&world).await;
    let bob = Owner::of(&world).await;
    for name in ["tenant", "account", "user_id", "owner"] {
        world.tamper("ExchangeKeys", &kept.row, name, json!(bob.session.user_id)).await;
        kept.ada.decrypts(&kept.id).await.assert_ok();
    }
    let other = bob.keeps(&binance("a-key-of-bobs-own")).await;
    kept.assert_refused_with("id", json!(other)).await;
    kept.opens_again().await;

    // A record that says it is Ada's opens for Bob no more than it did.
    let mut planted = kept.row.clone();
    planted["tenant"] = json!(kept.ada.session.user_id);
    let fingerprint = world.rows_of("ExchangeKeys", "FINGERPRINT#").await;
    let fingerprint = fingerprint.iter().find(|row| row["key"] == kept.row["id"]).unwrap();
    world.tamper("ExchangeKeys", fingerprint, "account", json!(bob.session.user_id)).await;
    world.tamper("ExchangeKeys", &planted, "pk", json!(format!("ACCOUNT#{}", bob.session.user_id))).await;
    bob.decrypts(&kept.id).await.assert_internal_error();
}

#[tokio::test]
async fn a_fingerprint_that_does_not_agree_keeps_the_key_shut() {
    let world = World::start().await;
    let kept = Kept::of(&world).await;
    let fingerprint = world.rows_of("ExchangeKeys", "FINGERPRINT#").await.remove(0);
    let unknown = "01981e5a-6f1c-7c3a-8b47-2f7f0a4b8a11";
    for (attribute, value) in [("account", json!(unknown)), ("key", json!(unknown)), ("secret_version", json!(7))] {
        world.tamper("ExchangeKeys", &fingerprint, attribute, value).await;
        let (refused, calls) = world.calls(kept.ada.decrypts(&kept.id)).await;
        refused.assert_internal_error();
        assert!(calls.kms.is_empty(), "{attribute}");
    }
    world.tamper("ExchangeKeys", &fingerprint, "secret_version", json!(1)).await;
    kept.assert_refused_with("fingerprint", json!("another")).await;
    kept.opens_again().await;
}

#[tokio::test]
async fn a_name_that_was_changed_is_not_sealed_into_the_next_version() {
    let world = World::start().await;
    let kept = Kept::of(&world).await;
    let mut sealed = kept.bytes("sealed_name");
    sealed[20] ^= 1;
    world.tamper("ExchangeKeys", &kept.row, "sealed_name", json!(BASE64_STANDARD.encode(sealed))).await;
    let before = rows(&world).await;
    kept.ada.changes(&kept.id, json!({ "secret": "another" })).await.assert_internal_error();
    assert_eq!(rows(&world).await, before);
    let other = Owner::of(&world).await;
    let bobs = other.keeps(&binance("a-key-of-bobs-own")).await;
    let name = other.row(&bobs).await["sealed_name"].clone();
    world.tamper("ExchangeKeys", &kept.row, "sealed_name", name).await;
    kept.ada.changes(&kept.id, json!({ "secret": "another" })).await.assert_internal_error();
}
