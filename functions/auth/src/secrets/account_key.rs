//! The key of what `auth` derives instead of storing it.

use aws_lc_rs::hmac;
use shared::{error::Error, seal::key_256};

use crate::mfa::keys::MfaKeys;

/// Keys derived from the one that is stored, one for each use.
pub struct AccountKey {
    refresh: hmac::Key,
    mfa: MfaKeys,
}

impl AccountKey {
    /// From what KMS has opened.
    ///
    /// # Errors
    /// `Internal` when it has another length.
    pub fn read(opened: &[u8]) -> Result<Self, Error> {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &*key_256(opened)?);
        let derived = |label: &str| hmac::sign(&key, label.as_bytes());
        let refresh = hmac::Key::new(hmac::HMAC_SHA256, derived("refresh").as_ref());
        Ok(Self { refresh, mfa: MfaKeys::derive(derived)? })
    }

    /// Under which the successors of refresh tokens are derived.
    #[must_use]
    pub const fn refresh(&self) -> &hmac::Key {
        &self.refresh
    }

    /// Of second factors.
    #[must_use]
    pub const fn mfa(&self) -> &MfaKeys {
        &self.mfa
    }
}
