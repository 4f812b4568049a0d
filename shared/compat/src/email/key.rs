//! What makes two spellings one address, and so one account.

use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use unicode_normalization::UnicodeNormalization;

use super::EmailAddress;

/// What makes an address unique, and what rows are keyed by: SHA-256 of the address without case and compatibility
/// forms, so that two spellings of one address are one account.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct AddressKey([u8; 32]);

impl EmailAddress {
    /// The key that all spellings of this address share.
    #[must_use]
    pub fn key(&self) -> AddressKey {
        let mut hash = [0; 32];
        hash.copy_from_slice(digest(&SHA256, self.folded().as_bytes()).as_ref());
        AddressKey(hash)
    }

    /// Whether this spelling is the very one that the key is made of: without capitals and compatibility forms.
    #[must_use]
    pub fn is_folded(&self) -> bool {
        self.0 == self.folded()
    }

    /// The domain is left as it is: IDNA has already removed case, and `faß.de` and `fass.de` have different owners.
    fn folded(&self) -> String {
        let (local, domain) = self.0.split_once('@').unwrap_or((&self.0, ""));
        format!("{}@{domain}", fold(local))
    }
}

impl AddressKey {
    /// A key that was stored.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The hash itself.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The text form: 43 characters, base64url without padding.
    #[must_use]
    pub fn to_base64url(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }
}

/// NFKC and lower case, repeated until neither changes anything: each can make work for the other.
fn fold(text: &str) -> String {
    let folded: String = text.nfkc().flat_map(char::to_lowercase).map(one_sigma).nfkc().collect();
    if folded == text { folded } else { fold(&folded) }
}

/// Both small sigmas have the same capital.
fn one_sigma(c: char) -> char {
    if c == 'ς' { 'σ' } else { c }
}
