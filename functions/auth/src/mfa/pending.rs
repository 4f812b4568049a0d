//! Between the password and the second factor: a token that is no session, that no route but those of the second factor knows, and that
//! is not stored.

use std::time::Duration;

use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine};
use shared::{error::Error, ids::AccountId, time::Timestamp};
use zeroize::Zeroizing;

use super::{
    challenge::Nonce,
    keys::Keyring,
    proof::{PROOF, prove, proven},
};

/// How long it takes at most to find one's phone.
pub const LIFE: Duration = Duration::from_mins(5);
/// Bytes of what a token says.
const SAID: usize = 16 + 8 + 16 + 8;

/// Shown once to whoever knows the password. No `Debug`, no `Display`, no `Serialize`, on purpose.
pub struct PendingToken(Zeroizing<String>);

/// Somebody has shown the right password of an account with factors, and has to show one of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pending {
    /// Whose password it was.
    pub account: AccountId,
    /// The generation of its sessions: what begins another one makes the token worthless.
    pub generation: u64,
    /// Names the token, which works once.
    pub nonce: Nonce,
    /// Until when it is good.
    pub expires_at: Timestamp,
}

impl Pending {
    /// From now on, for [`LIFE`].
    ///
    /// # Errors
    /// `Internal` without randomness.
    pub fn new(account: AccountId, generation: u64, now: Timestamp) -> Result<Self, Error> {
        Ok(Self { account, generation, nonce: Nonce::random()?, expires_at: now + LIFE })
    }

    fn said(&self) -> Vec<u8> {
        [
            &self.account.as_bytes()[..],
            &self.generation.to_be_bytes(),
            self.nonce.as_bytes(),
            &self.expires_at.as_second().to_be_bytes(),
        ]
        .concat()
    }

    fn read(said: &[u8; SAID]) -> Option<Self> {
        let (account, rest) = said.split_first_chunk()?;
        let (generation, rest) = rest.split_first_chunk()?;
        let (nonce, end) = rest.split_first_chunk()?;
        Some(Self {
            account: AccountId::from_bytes(*account),
            generation: u64::from_be_bytes(*generation),
            nonce: Nonce::from_bytes(*nonce),
            expires_at: Timestamp::from_second(i64::from_be_bytes(*end.first_chunk()?)),
        })
    }
}

impl PendingToken {
    /// Says all that, and proves it.
    #[must_use]
    pub fn issue(pending: &Pending, keys: &Keyring<'_>) -> Self {
        let token = Zeroizing::new(prove(&keys.in_use().pending, &pending.said(), &[]));
        Self(Zeroizing::new(BASE64_URL_SAFE_NO_PAD.encode(&*token)))
    }

    /// What a token says that somebody shows, if it is ours and its time is not up. Whether it has been used, its row says; whether its
    /// generation still is, the guard.
    #[must_use]
    pub fn open(text: &str, keys: &Keyring<'_>, now: Timestamp) -> Option<Pending> {
        if text.len() != ((SAID + PROOF) * 4).div_ceil(3) {
            return None;
        }
        let token = Zeroizing::new(BASE64_URL_SAFE_NO_PAD.decode(text).ok()?);
        let said = proven(keys.good().map(|keys| &keys.pending), &token, &[])?;
        Pending::read(said).filter(|pending| pending.expires_at > now)
    }

    /// Gives the text up, for the answer.
    #[must_use]
    pub fn reveal(self) -> Zeroizing<String> {
        self.0
    }
}
