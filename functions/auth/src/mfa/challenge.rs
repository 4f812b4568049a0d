//! Challenges of passkeys. They are not stored, or anybody could fill the table by asking for some: a challenge proves itself, and is
//! spent when it is used.

use std::time::Duration;

use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine};
use shared::{
    error::Error,
    ids::{AccountId, SessionId},
    random,
    time::Timestamp,
};

use super::{
    keys::Keyring,
    proof::{PROOF, prove, proven},
    webauthn::{base64url::Binary, relying_party::RelyingParty},
};

/// How long a challenge is good.
pub const LIFE: Duration = Duration::from_mins(5);
/// Bytes of what a challenge says: a nonce and when it ends.
const SAID: usize = 16 + 8;

/// Names what works once, by 16 random bytes. What is kept of it when it has been used is its row alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Nonce([u8; 16]);

/// What a challenge is good for, and for whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ceremony {
    /// A passkey is made, by an account in one of its sessions.
    Register {
        /// Whose it will be.
        account: AccountId,
        /// Where it was asked for.
        session: SessionId,
    },
    /// Somebody signs in without a password, whoever that is.
    SignIn,
    /// The second factor behind a password.
    SecondFactor {
        /// Whose password it was.
        account: AccountId,
        /// The nonce of the pending token.
        pending: Nonce,
    },
    /// A session proves again who is there.
    StepUp {
        /// Whose it is.
        account: AccountId,
        /// The session.
        session: SessionId,
    },
}

/// A challenge as browsers are given it: nonce, end, and a proof over these, the ceremony and the relying party.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Challenge(Vec<u8>);

impl Nonce {
    /// A new one.
    ///
    /// # Errors
    /// `Internal` without randomness.
    pub fn random() -> Result<Self, Error> {
        random::bytes().map(Self)
    }

    /// From the bytes of [`Nonce::as_bytes`].
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// Its bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// As part of a row's key: base64url.
    #[must_use]
    pub fn text(&self) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(self.0)
    }
}

impl Challenge {
    /// A new one, good for [`LIFE`].
    ///
    /// # Errors
    /// `Internal` without randomness.
    pub fn issue(
        keys: &Keyring<'_>,
        ceremony: &Ceremony,
        relying_party: &RelyingParty,
        now: Timestamp,
    ) -> Result<Self, Error> {
        let said = [&Nonce::random()?.0[..], &(now + LIFE).as_second().to_be_bytes()].concat();
        Ok(Self(prove(&keys.in_use().challenge, &said, &ceremony.bound(relying_party))))
    }

    /// What somebody shows and may be a challenge of ours, by its length. Nothing is proven by that.
    #[must_use]
    pub fn read(shown: &[u8]) -> Option<Self> {
        (shown.len() == SAID + PROOF).then(|| Self(shown.to_vec()))
    }

    /// Its nonce, if we made it for this ceremony of this relying party, and its time is not up. Whether it has been used, its row says.
    #[must_use]
    pub fn open(
        &self,
        keys: &Keyring<'_>,
        ceremony: &Ceremony,
        relying_party: &RelyingParty,
        now: Timestamp,
    ) -> Option<Nonce> {
        let keys = keys.good().map(|keys| &keys.challenge);
        let said = proven::<SAID>(keys, &self.0, &ceremony.bound(relying_party))?;
        let (nonce, end) = said.split_first_chunk()?;
        let end = Timestamp::from_second(i64::from_be_bytes(*end.first_chunk()?));
        (end > now).then_some(Nonce(*nonce))
    }

    /// For the options of a browser.
    #[must_use]
    pub fn into_binary(self) -> Binary {
        Binary(self.0)
    }

    /// Its bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl Ceremony {
    /// Whether it is known whose passkey is asked for.
    #[must_use]
    pub const fn knows_account(&self) -> bool {
        !matches!(self, Self::SignIn)
    }

    /// What a challenge does not say itself: the ceremony, of a length that follows from its first byte, and the relying party.
    fn bound(&self, relying_party: &RelyingParty) -> Vec<u8> {
        let (kind, account, within): (u8, &[u8], &[u8]) = match self {
            Self::Register { account, session } => (1, account.as_bytes(), session.as_bytes()),
            Self::SignIn => (2, &[], &[]),
            Self::SecondFactor { account, pending } => (3, account.as_bytes(), pending.as_bytes()),
            Self::StepUp { account, session } => (4, account.as_bytes(), session.as_bytes()),
        };
        [&[kind], account, within, relying_party.id().as_bytes()].concat()
    }
}
