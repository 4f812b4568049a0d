//! The keys of second factors. All are derived from the account key, one for each use, so a request asks KMS for nothing.

use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, Nonce, RandomizedNonceKey},
    hmac,
};
use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine};
use serde::{Deserialize, Serialize};
use shared::{
    error::Error,
    ids::AccountId,
    rotation::{Opened, in_use},
    tables::Hash,
    time::Timestamp,
};
use zeroize::Zeroizing;

use super::{recovery::RecoveryCode, totp::TotpSecret};
use crate::secrets::account_key::AccountKey;

/// Bytes before a ciphertext.
const NONCE: usize = 12;
/// What the secret of an app is sealed for.
const TOTP: &[u8] = b"totp-secret\0";

/// What is derived from one account key.
pub struct MfaKeys {
    totp: SealingKey,
    pub(super) enrolment: SealingKey,
    pub(super) recovery: hmac::Key,
    pub(super) pending: hmac::Key,
    pub(super) challenge: hmac::Key,
}

/// AES-256-GCM with a random nonce for each plaintext.
pub(super) struct SealingKey(RandomizedNonceKey);

/// What is derived from all account keys that may have been used. New things are made under the one in use; what was made under another
/// one is good for as long as that has not ended.
pub struct Keyring<'a> {
    number: u32,
    in_use: &'a MfaKeys,
    /// By age.
    good: Vec<(u32, &'a MfaKeys)>,
}

/// The secret of an app as its row holds it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SealedTotpSecret {
    /// The number of the account key that it lies under.
    pub key: u32,
    /// Base64url of nonce, ciphertext and tag.
    sealed: String,
}

impl MfaKeys {
    /// From what gives 256 bits for each label.
    ///
    /// # Errors
    /// `Internal`: never, for the keys have the right length.
    pub(crate) fn derive(derived: impl Fn(&str) -> hmac::Tag) -> Result<Self, Error> {
        let sealing = |label| SealingKey::new(derived(label).as_ref());
        let proving = |label| hmac::Key::new(hmac::HMAC_SHA256, derived(label).as_ref());
        Ok(Self {
            totp: sealing("totp-secret")?,
            enrolment: sealing("totp-enrolment")?,
            recovery: proving("recovery-code"),
            pending: proving("pending-token"),
            challenge: proving("passkey-challenge"),
        })
    }
}

impl<'a> Keyring<'a> {
    /// From the account keys, by age.
    ///
    /// # Errors
    /// `Internal` when none is in use yet.
    pub fn new(account_keys: &'a [Opened<AccountKey>], now: Timestamp) -> Result<Self, Error> {
        let current = in_use(account_keys, now)?;
        let good = account_keys.iter().filter(|key| !key.stored.has_ended(now));
        let good = good.map(|key| (key.stored.number, key.secret.mfa())).collect();
        Ok(Self { number: current.stored.number, in_use: current.secret.mfa(), good })
    }

    /// The ones under which new things are made.
    pub(super) const fn in_use(&self) -> &'a MfaKeys {
        self.in_use
    }

    /// All under which things may have been made, those of the newest account key first.
    pub(super) fn good(&self) -> impl Iterator<Item = &'a MfaKeys> {
        self.good.iter().rev().map(|(_, keys)| *keys)
    }

    /// Seals the secret of an account's app, for its row.
    ///
    /// # Errors
    /// `Internal` without randomness.
    pub fn seal_totp(&self, secret: &TotpSecret, account: AccountId) -> Result<SealedTotpSecret, Error> {
        let sealed = self.in_use.totp.seal(&bound(account, self.number), secret.as_bytes())?;
        Ok(SealedTotpSecret { key: self.number, sealed: BASE64_URL_SAFE_NO_PAD.encode(sealed) })
    }

    /// Opens what was sealed for the same account.
    ///
    /// # Errors
    /// `Internal`, for every reason alike: the key has ended, the row is another account's, or it was changed.
    pub fn open_totp(&self, stored: &SealedTotpSecret, account: AccountId) -> Result<TotpSecret, Error> {
        let opened = || {
            let (number, keys) = self.good.iter().find(|(number, _)| *number == stored.key)?;
            let sealed = BASE64_URL_SAFE_NO_PAD.decode(&stored.sealed).ok()?;
            let opened = keys.totp.open(&bound(account, *number), &sealed)?;
            Some(TotpSecret::from_bytes(opened.as_slice().try_into().ok()?))
        };
        opened().ok_or_else(|| {
            tracing::error!(event = "unsealing_refused", "the secret of an app does not open");
            Error::internal("the secret of an app does not open")
        })
    }

    /// Whether a secret is to be sealed anew when it is next used, because it lies under another key than the one in use.
    #[must_use]
    pub const fn is_outdated(&self, stored: &SealedTotpSecret) -> bool {
        stored.key != self.number
    }

    /// What is kept of a new recovery code.
    #[must_use]
    pub fn recovery_hash(&self, code: &RecoveryCode, account: AccountId) -> Hash {
        code.hash(&self.in_use.recovery, account)
    }

    /// What may have been kept of a recovery code, by the newest account key first: where it is looked for.
    #[must_use]
    pub fn recovery_hashes(&self, code: &RecoveryCode, account: AccountId) -> Vec<Hash> {
        self.good().map(|keys| code.hash(&keys.recovery, account)).collect()
    }
}

/// For what, whose, and under which account key: with other words it does not open.
fn bound(account: AccountId, number: u32) -> Vec<u8> {
    [TOTP, account.as_bytes(), &number.to_be_bytes()].concat()
}

impl SealingKey {
    fn new(key: &[u8]) -> Result<Self, Error> {
        RandomizedNonceKey::new(&AES_256_GCM, key).map(Self).map_err(|_| Error::internal("a key has the wrong length"))
    }

    /// Nonce, ciphertext and tag.
    pub(super) fn seal(&self, bound: &[u8], plaintext: &[u8]) -> Result<Vec<u8>, Error> {
        // Growing would leave copies behind.
        let mut sealed = Zeroizing::new(Vec::with_capacity(plaintext.len() + AES_256_GCM.tag_len()));
        sealed.extend_from_slice(plaintext);
        let nonce = self.0.seal_in_place_append_tag(Aad::from(bound), &mut *sealed);
        let nonce = nonce.map_err(|_| Error::internal("a secret could not be sealed"))?;
        Ok([&nonce.as_ref()[..], &sealed].concat())
    }

    /// What is in it, if it was sealed with the same words.
    pub(super) fn open(&self, bound: &[u8], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE>()?;
        let mut opened = Zeroizing::new(sealed.to_vec());
        let length = self.0.open_in_place(Nonce::from(nonce), Aad::from(bound), &mut opened).ok()?.len();
        opened.truncate(length);
        Some(opened)
    }
}
