//! Published and recorded vectors, every way in which something is refused, and whatever else may come.

mod fuzz;
mod passkeys;
mod recovery;
mod sealed;
mod totp;

use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde_json::Value;
use shared::{
    ids::AccountId,
    rotation::{Opened, SecretVersion},
    time::Timestamp,
};

use super::keys::Keyring;
use crate::secrets::account_key::AccountKey;

const VECTORS: &str = include_str!("../../../../../tests/vectors/mfa.json");
const NOW: Timestamp = Timestamp::from_second(1_800_000_000);
const ADA: AccountId = AccountId::from_bytes([1; 16]);
const BOB: AccountId = AccountId::from_bytes([2; 16]);

/// The vectors of one kind.
fn vectors<T: DeserializeOwned>(kind: &str) -> T {
    let mut all: Value = serde_json::from_str(VECTORS).unwrap();
    serde_json::from_value(all[kind].take()).unwrap()
}

/// An account key that an operator has stored: its bytes are its number's.
fn account_key(number: u8, from: Option<Timestamp>, until: Option<Timestamp>) -> Opened<AccountKey> {
    let stored = serde_json::json!({ "purpose": "account-key", "sealed": "", "kms_key_arn": "", "number": number, "from": from, "until": until });
    let stored: SecretVersion = serde_json::from_value(stored).unwrap();
    Opened { stored, secret: Arc::new(AccountKey::read(&[number; 32]).unwrap()) }
}

/// Calls `test` with the keys of one account key.
fn with_keys<T>(test: impl FnOnce(&Keyring<'_>) -> T) -> T {
    let account_keys = [account_key(1, None, None)];
    test(&Keyring::new(&account_keys, NOW).unwrap())
}

/// All texts that differ from this one in one character.
fn forgeries(text: &str) -> impl Iterator<Item = String> {
    (0..text.len()).map(|at| {
        let other = if text.as_bytes()[at] == b'A' { "B" } else { "A" };
        format!("{}{other}{}", &text[..at], &text[at + 1..])
    })
}

fn hex(text: &str) -> Vec<u8> {
    let byte = |at| u8::from_str_radix(&text[at..at + 2], 16).unwrap();
    (0..text.len()).step_by(2).map(byte).collect()
}
