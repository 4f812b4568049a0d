//! The passwords that are tried first.

use aws_lc_rs::digest::{SHA256, digest};

use super::Folded;

/// Bytes of a [`key`]. Among 20,000 keys a password that is not common meets one by chance once in 50 million times.
pub const KEY_LENGTH: usize = 5;

/// The keys of all common passwords, in order. Made by `make passwords`.
static KEYS: &[u8] = include_bytes!("common.bin");

/// The name of a folded password in the list: how its SHA-256 begins.
#[must_use]
pub fn key(folded: &str) -> [u8; KEY_LENGTH] {
    let hash = digest(&SHA256, folded.as_bytes());
    let mut key = [0; KEY_LENGTH];
    key.copy_from_slice(&hash.as_ref()[..KEY_LENGTH]);
    key
}

/// Whether a password is common, or is a common one with signs, or digits and signs, behind it.
pub fn has(password: &Folded) -> bool {
    let (keys, _) = KEYS.as_chunks::<KEY_LENGTH>();
    password.forms().any(|form| keys.binary_search(&key(form)).is_ok())
}
