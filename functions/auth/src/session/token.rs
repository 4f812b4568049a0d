//! Refresh tokens. Each has one successor, derived from it, so that whoever asks twice is told the same one.

use aws_lc_rs::{digest, hmac};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use shared::{
    error::Error,
    ids::{AccountId, SessionId},
    random,
};
use zeroize::Zeroizing;

use crate::secrets::account_key::AccountKey;

/// A refresh token: what a client goes on with, given out once. No `Debug`, no `Display`, no `Serialize`, on purpose.
#[cfg_attr(test, derive(Clone))]
pub struct RefreshToken(Zeroizing<[u8; Self::LENGTH]>);

/// What is kept of a refresh token: SHA-256, base64url. 256 random bits need no salt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RefreshHash(String);

impl RefreshToken {
    const NAMES: usize = 16 + 16;
    const LENGTH: usize = Self::NAMES + 32;

    /// A new token for a session: account id, session id, 256 random bits.
    ///
    /// # Errors
    /// `Internal` without randomness.
    pub fn random(account_id: AccountId, session_id: SessionId) -> Result<Self, Error> {
        let mut bytes = Zeroizing::new([0; Self::LENGTH]);
        bytes[..16].copy_from_slice(account_id.as_bytes());
        bytes[16..32].copy_from_slice(session_id.as_bytes());
        bytes[Self::NAMES..].copy_from_slice(&random::bytes::<32>()?);
        Ok(Self(bytes))
    }

    /// From base64url; `None` for anything that is no refresh token.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() != Self::LENGTH.div_ceil(3) * 4 - 2 {
            return None;
        }
        let bytes = Zeroizing::new(BASE64_URL_SAFE_NO_PAD.decode(text).ok()?);
        Some(Self(Zeroizing::new(bytes.as_slice().try_into().ok()?)))
    }

    /// The account and the session that it belongs to, if it is authentic.
    #[must_use]
    pub fn names(&self) -> (AccountId, SessionId) {
        let part = |from: usize| std::array::from_fn(|at| self.0[from + at]);
        (AccountId::from_bytes(part(0)), SessionId::from_bytes(part(16)))
    }

    /// The token that takes its place. A successor is derived, so it is the same each time; only who has the key can make it of this one.
    #[must_use]
    pub fn successor(&self, key: &AccountKey) -> Self {
        let mut mac = hmac::Context::with_key(key.refresh());
        mac.update(b"refresh-successor\0");
        mac.update(&*self.0);
        let mut bytes = self.0.clone();
        bytes[Self::NAMES..].copy_from_slice(mac.sign().as_ref());
        Self(bytes)
    }

    /// What is kept of the token.
    #[must_use]
    pub fn hash(&self) -> RefreshHash {
        RefreshHash(BASE64_URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, &*self.0)))
    }

    /// Gives the text up that the client is told.
    #[must_use]
    pub fn reveal(self) -> Zeroizing<String> {
        Zeroizing::new(BASE64_URL_SAFE_NO_PAD.encode(*self.0))
    }
}
