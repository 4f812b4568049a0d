//! Sessions and their refresh tokens: one living token each, replaced on every use.

use std::time::Duration;

use aws_lc_rs::digest;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use shared::{
    email::EmailAddress,
    error::Error,
    ids::{AccountId, SessionId},
    random,
    time::Timestamp,
};
use zeroize::Zeroizing;

use crate::address::Owner;

/// A session that is not refreshed for this long ends.
pub const LIFE: Duration = Duration::from_hours(30 * 24);
/// For this long the token before is honoured, because its owner may never have received its successor.
pub const GRACE: Duration = Duration::from_secs(30);

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
    pub(crate) current: RefreshHash,
    pub(crate) previous: Option<RefreshHash>,
    pub(crate) created_at: Timestamp,
    pub(crate) rotated_at: Timestamp,
    pub(crate) expires_at: Timestamp,
    ttl: Timestamp,
}

/// What a refresh token means to a session that did not simply take it.
#[derive(Debug, PartialEq, Eq)]
pub enum Presented {
    /// The session has ended.
    Expired,
    /// It is the token before, and its successor may have been lost: another successor is due.
    Remint,
    /// It was used long ago, or it was displaced: two parties hold this session.
    Reuse,
}

impl RefreshToken {
    const LENGTH: usize = 16 + 16 + 32;

    /// A new token for a session: account id, session id, 256 random bits.
    ///
    /// # Errors
    /// `Internal` without randomness.
    pub fn random(account: AccountId, session: SessionId) -> Result<Self, Error> {
        let mut bytes = Zeroizing::new([0; Self::LENGTH]);
        bytes[..16].copy_from_slice(account.as_bytes());
        bytes[16..32].copy_from_slice(session.as_bytes());
        bytes[32..].copy_from_slice(&random::bytes::<32>()?);
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
    pub fn open(owner: &Owner, now: Timestamp) -> Result<(Self, RefreshToken), Error> {
        let id = SessionId::random()?;
        let token = RefreshToken::random(owner.id, id)?;
        let session = Self {
            account: owner.id,
            id,
            email: owner.email.clone(),
            email_confirmed_at: owner.verified_at,
            current: token.hash(),
            previous: None,
            created_at: now,
            rotated_at: now,
            expires_at: now + LIFE,
            ttl: now + LIFE,
        };
        Ok((session, token))
    }

    /// What presenting a token means that is not the current one.
    #[must_use]
    pub fn presented(&self, token: &RefreshHash, now: Timestamp) -> Presented {
        if self.expires_at <= now {
            Presented::Expired
        } else if self.previous.as_ref() == Some(token) && now <= self.rotated_at + GRACE {
            Presented::Remint
        } else {
            Presented::Reuse
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_second(1_800_000_000);

    /// A session that was refreshed at `NOW`, and its token before.
    fn refreshed() -> (Session, RefreshHash) {
        let (account, id) = (AccountId::from_bytes([1; 16]), SessionId::from_bytes([2; 16]));
        let [previous, current] = [(), ()].map(|()| RefreshToken::random(account, id).unwrap().hash());
        let session = Session {
            account,
            id,
            email: EmailAddress::parse("ada@example.com").unwrap(),
            email_confirmed_at: NOW,
            current,
            previous: Some(previous.clone()),
            created_at: NOW,
            rotated_at: NOW,
            expires_at: NOW + LIFE,
            ttl: NOW + LIFE,
        };
        (session, previous)
    }

    #[test]
    fn the_token_before_is_honoured_for_the_grace_and_no_longer() {
        let (session, previous) = refreshed();
        assert_eq!(session.presented(&previous, NOW), Presented::Remint);
        assert_eq!(session.presented(&previous, NOW + GRACE), Presented::Remint);
        assert_eq!(session.presented(&previous, NOW + GRACE + Duration::from_secs(1)), Presented::Reuse);
    }

    #[test]
    fn any_other_token_is_reuse_and_an_ended_session_is_ended() {
        let (session, previous) = refreshed();
        let other = RefreshToken::random(session.account, session.id).unwrap().hash();
        assert_eq!(session.presented(&other, NOW), Presented::Reuse);
        assert_eq!(session.presented(&previous, NOW + LIFE), Presented::Expired);
    }

    #[test]
    fn a_token_reads_back_and_nothing_else_is_one() {
        let (account, id) = (AccountId::from_bytes([1; 16]), SessionId::from_bytes([2; 16]));
        let token = RefreshToken::random(account, id).unwrap();
        let hash = token.hash();
        let text = token.reveal();
        let read = RefreshToken::parse(&text).unwrap();
        assert!(read.names() == (account, id) && read.hash() == hash);
        for other in ["", "x", &text[1..], &format!("{}A", *text), &text.replace(&text[..1], "!")] {
            assert!(RefreshToken::parse(other).is_none(), "{other}");
        }
    }
}
