//! An app that is being set up. Its secret is with its owner alone, sealed, until a code proves that the app has it: what was never proven
//! lies in no table and stands before no sign-in.

use std::time::Duration;

use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine};
use shared::{error::Error, ids::AccountId, time::Timestamp};

use super::{challenge::Nonce, keys::Keyring, totp::TotpSecret};

/// How long setting up an app takes at most.
pub const LIFE: Duration = Duration::from_mins(10);
/// What stands in the clear before the sealed secret: a nonce and when it ends.
const SAID: usize = 16 + 8;
/// Characters of the longest text that is looked at; ours are shorter.
const LONGEST: usize = 256;

/// A secret that its owner's app is to be given. No `Debug`, no `Serialize`, on purpose.
pub struct Enrolment {
    /// The secret.
    pub secret: TotpSecret,
    /// Names the enrolment, which works once.
    pub nonce: Nonce,
    /// Until when it is good.
    pub expires_at: Timestamp,
}

impl Enrolment {
    /// Of a new secret, from now on, for [`LIFE`].
    ///
    /// # Errors
    /// `Internal` without randomness.
    pub fn new(now: Timestamp) -> Result<Self, Error> {
        Ok(Self { secret: TotpSecret::random()?, nonce: Nonce::random()?, expires_at: now + LIFE })
    }

    /// As it is given to an account: base64url of nonce, end and the sealed secret. It opens for nobody else.
    ///
    /// # Errors
    /// `Internal` without randomness.
    pub fn seal(&self, account: AccountId, keys: &Keyring<'_>) -> Result<String, Error> {
        let said = [&self.nonce.as_bytes()[..], &self.expires_at.as_second().to_be_bytes()].concat();
        let sealed = keys.in_use().enrolment.seal(&bound(account, &said), self.secret.as_bytes())?;
        Ok(BASE64_URL_SAFE_NO_PAD.encode([said, sealed].concat()))
    }

    /// What an account brings back, if it was given it and its time is not up.
    #[must_use]
    pub fn open(text: &str, account: AccountId, keys: &Keyring<'_>, now: Timestamp) -> Option<Self> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(Some(text).filter(|text| text.len() <= LONGEST)?).ok()?;
        let (said, sealed) = bytes.split_first_chunk::<SAID>()?;
        let secret = keys.good().find_map(|keys| keys.enrolment.open(&bound(account, said), sealed))?;
        let (nonce, end) = said.split_first_chunk()?;
        let expires_at = Timestamp::from_second(i64::from_be_bytes(*end.first_chunk()?));
        let secret = TotpSecret::from_bytes(secret.as_slice().try_into().ok()?);
        (expires_at > now).then_some(Self { secret, nonce: Nonce::from_bytes(*nonce), expires_at })
    }
}

/// Whose, and all that is said in the clear.
fn bound(account: AccountId, said: &[u8]) -> Vec<u8> {
    [account.as_bytes(), said].concat()
}
