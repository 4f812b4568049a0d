//! What a record keeps of credentials.

use serde::{Deserialize, Serialize};
use shared::seal::Envelope;

use crate::{exchanges::KeyType, vault_key::Tags};

/// The credentials of a key as they are kept, and what they are recognised by. Every secret is a version of its own.
#[derive(Clone, Serialize, Deserialize)]
pub struct SealedCredentials {
    /// Counts secrets: what the envelope was sealed for.
    pub(crate) secret_version: u64,
    /// The credentials.
    #[serde(flatten)]
    pub(crate) envelope: Envelope,
    /// The name of the key under the vault's own key, so that a new secret can be stored without opening the old one.
    pub(crate) sealed_name: String,
    /// The name, masked.
    pub(crate) masked: String,
    pub(crate) key_type: KeyType,
    pub(crate) wallet_address: Option<String>,
    /// Names the row that keeps the credential unique.
    pub(crate) fingerprint: String,
    pub(crate) tags: Tags,
}

/// A credential of a key, without the credential.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Former {
    /// Names its row.
    pub(crate) fingerprint: String,
    #[serde(flatten)]
    pub(crate) tags: Tags,
}

impl From<SealedCredentials> for Former {
    fn from(sealed: SealedCredentials) -> Self {
        Self { fingerprint: sealed.fingerprint, tags: sealed.tags }
    }
}
