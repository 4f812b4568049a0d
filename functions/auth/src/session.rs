//! Sessions and their refresh tokens. A token is replaced when it is used, by the one successor that it has: who asks twice within the
//! grace, because an answer was lost or because two tabs hold one token, is told the same successor twice. A token that is used later is
//! in two hands.

pub mod sign_in;

use std::time::Duration;

use aws_lc_rs::{digest, hmac};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use shared::{
    caller::Authentication,
    caller::token::REFRESH_GRACE as GRACE,
    email::EmailAddress,
    error::Error,
    ids::{AccountId, SessionId},
    random,
    time::Timestamp,
};
use zeroize::Zeroizing;

use self::sign_in::NewSession;
use crate::{account::Account, account_key::AccountKey};

/// A session that is not refreshed for this long ends.
pub const LIFE: Duration = Duration::from_hours(30 * 24);
/// Given out once. No `Debug`, no `Display`, no `Serialize`, on purpose.
pub struct RefreshToken(Zeroizing<[u8; Self::LENGTH]>);

/// What is kept of a refresh token: SHA-256, base64url. 256 random bits need no salt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RefreshHash(String);

/// One row of the Sessions table. Everything an answer needs is here, so that a refresh is a single update.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Session {
    pub(crate) account: AccountId,
    pub(crate) id: SessionId,
    pub(crate) email: EmailAddress,
    pub(crate) email_confirmed_at: Timestamp,
    #[serde(flatten)]
    pub(crate) authentication: Authentication,
    /// Whether the account has second factors.
    mfa: bool,
    pub(crate) current: RefreshHash,
    pub(crate) previous: Option<RefreshHash>,
    pub(crate) created_at: Timestamp,
    /// When it was last refreshed; never, as long as the first token lives.
    pub(crate) rotated_at: Option<Timestamp>,
    pub(crate) expires_at: Timestamp,
    ttl: Timestamp,
}

/// What a refresh token means to a session.
#[derive(Debug, PartialEq, Eq)]
pub enum Presented {
    /// The session has ended.
    Expired,
    /// It is the current token, and its successor takes its place.
    Rotates,
    /// It is the current token, and too young to have a successor: it stays.
    Stays,
    /// It is the token before, and its successor may have been lost, or have gone to another tab: it is told again.
    ToldAgain,
    /// It was used long ago: two parties hold this session.
    Reused,
}

impl RefreshToken {
    const NAMES: usize = 16 + 16;
    const LENGTH: usize = Self::NAMES + 32;

    /// A new token for a session: account id, session id, 256 random bits.
    ///
    /// # Errors
    /// `Internal` without randomness.
    pub fn random(account: AccountId, session: SessionId) -> Result<Self, Error> {
        let mut bytes = Zeroizing::new([0; Self::LENGTH]);
        bytes[..16].copy_from_slice(account.as_bytes());
        bytes[16..32].copy_from_slice(session.as_bytes());
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

    /// The session it belongs to, if it is authentic.
    #[must_use]
    pub fn names(&self) -> (AccountId, SessionId) {
        let part = |from: usize| std::array::from_fn(|at| self.0[from + at]);
        (AccountId::from_bytes(part(0)), SessionId::from_bytes(part(16)))
    }

    /// The token that takes its place. It is derived, so it is the same each time; only who has the key can tell it from this one.
    #[must_use]
    pub fn successor(&self, key: &AccountKey) -> Self {
        let mut mac = hmac::Context::with_key(key.refresh());
        mac.update(b"refresh-successor\0");
        mac.update(&*self.0);
        let mut bytes = self.0.clone();
        bytes[Self::NAMES..].copy_from_slice(mac.sign().as_ref());
        Self(bytes)
    }

    /// What is kept of it.
    #[must_use]
    pub fn hash(&self) -> RefreshHash {
        RefreshHash(BASE64_URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, &*self.0)))
    }

    /// Gives the text up.
    #[must_use]
    pub fn reveal(self) -> Zeroizing<String> {
        Zeroizing::new(BASE64_URL_SAFE_NO_PAD.encode(*self.0))
    }
}

impl Session {
    /// A new session of an account, and its first refresh token.
    ///
    /// # Errors
    /// `Internal` without randomness.
    fn open(account: &Account, authentication: Authentication) -> Result<NewSession, Error> {
        let (id, now) = (SessionId::random()?, authentication.auth_time);
        let refresh = RefreshToken::random(account.id, id)?;
        let session = Self {
            account: account.id,
            id,
            email: account.address.clone(),
            email_confirmed_at: account.verified_at,
            authentication,
            mfa: false,
            current: refresh.hash(),
            previous: None,
            created_at: now,
            rotated_at: None,
            expires_at: now + LIFE,
            ttl: now + LIFE,
        };
        Ok(NewSession { session, refresh })
    }

    /// What presenting a token means. A refresh states [`Presented::Rotates`] as the condition of its write, and asks for the rest only
    /// when that does not hold.
    #[must_use]
    pub fn presented(&self, token: &RefreshHash, now: Timestamp) -> Presented {
        let is_in_grace = self.rotated_at.is_some_and(|at| now <= at + GRACE);
        match (self.current == *token, self.previous.as_ref() == Some(token)) {
            _ if self.expires_at <= now => Presented::Expired,
            (true, _) if is_in_grace => Presented::Stays,
            (true, _) => Presented::Rotates,
            (_, true) if is_in_grace => Presented::ToldAgain,
            _ => Presented::Reused,
        }
    }
}

#[cfg(test)]
mod tests;
