//! The keys that access tokens are signed with, and their public halves.

use aws_lc_rs::{
    digest,
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair},
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::{error::Error, time::Timestamp};

/// The public half of a signing key, as stored and as published (RFC 7517 names).
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct PublicKey {
    /// Names the key.
    pub kid: String,
    /// X coordinate, base64url.
    pub x: String,
    /// Y coordinate, base64url.
    pub y: String,
}

impl PublicKey {
    /// The public half of a P-256 key (PKCS #8).
    ///
    /// # Errors
    /// `Internal` when it is no such key.
    pub fn of(pkcs8: &[u8]) -> Result<Self, Error> {
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8)
            .map_err(|_| Error::internal("the signing key is malformed"))?;
        // Uncompressed point: 0x04, x, y.
        let (x, y) = pair.public_key().as_ref()[1..].split_at(32);
        let (x, y) = (BASE64_URL_SAFE_NO_PAD.encode(x), BASE64_URL_SAFE_NO_PAD.encode(y));
        Ok(Self { kid: thumbprint(&x, &y), x, y })
    }
}

/// RFC 7638: SHA-256 of the key's members in their canonical form.
fn thumbprint(x: &str, y: &str) -> String {
    let canonical = format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#);
    BASE64_URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, canonical.as_bytes()))
}

/// A new P-256 key, PKCS #8.
///
/// # Errors
/// `Internal` without randomness.
pub fn new_signing_key() -> Result<Zeroizing<Vec<u8>>, Error> {
    let pair = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new());
    let pair = pair.map_err(|_| Error::internal("no signing key could be made"))?;
    Ok(Zeroizing::new(pair.as_ref().to_vec()))
}

/// A public key as it is stored for all functions.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct VerifyingKey {
    /// The key.
    #[serde(flatten)]
    pub public: PublicKey,
    /// Withdrawn from here on: no token of it is good any more. None for never.
    pub until: Option<Timestamp>,
}

impl VerifyingKey {
    /// Whether it has been withdrawn.
    #[must_use]
    pub fn is_withdrawn(&self, now: Timestamp) -> bool {
        self.until.is_some_and(|until| until <= now)
    }
}
