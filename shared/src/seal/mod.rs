//! The only module that says KMS: small secrets of the service, sealed under a key that never leaves it, and the users' records,
//! sealed each under a data key of its own.

mod envelope;

use aws_config::SdkConfig;
use aws_sdk_kms::{Client, primitives::Blob};
use base64::{Engine, prelude::BASE64_STANDARD};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::{aws::failure, error::Error};

pub use envelope::{Binding, Envelope, Envelopes};

/// What a secret is for. It is bound into the ciphertext (the KMS encryption context), so one cannot stand in for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// The key of the password hashes.
    Pepper,
    /// The key of the mailed links.
    LinkKey,
    /// The private half of a token-signing key.
    SigningKey,
    /// The key of the vault's fingerprints and cursors.
    VaultKey,
}

impl Purpose {
    /// The value of `purpose` in the encryption context; key policies and roles name it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pepper => "pepper",
            Self::LinkKey => "link-key",
            Self::SigningKey => "signing-key",
            Self::VaultKey => "vault-key",
        }
    }
}

/// A secret as it is stored.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SealedSecret {
    /// What it is for.
    pub purpose: Purpose,
    /// Base64 of what KMS returned.
    sealed: String,
}

/// Seals and opens under one KMS key.
#[derive(Clone, Debug)]
pub struct Seal {
    kms: Client,
    key_id: String,
}

impl Seal {
    /// Under the KMS key `key_id`: an id, an ARN or an alias.
    #[must_use]
    pub fn new(config: &SdkConfig, key_id: &str) -> Self {
        Self { kms: Client::new(config), key_id: key_id.to_owned() }
    }

    /// Seals up to 4 KiB.
    ///
    /// # Errors
    /// `Unavailable`, `Internal`.
    pub async fn seal(&self, purpose: Purpose, secret: &[u8]) -> Result<SealedSecret, Error> {
        let request = self.kms.encrypt().key_id(&self.key_id).encryption_context("purpose", purpose.as_str());
        let answer = request.plaintext(Blob::new(secret)).send().await.map_err(|error| failure("Encrypt", &error))?;
        let sealed = answer.ciphertext_blob.ok_or_else(|| Error::internal("Encrypt: no ciphertext"))?;
        Ok(SealedSecret { purpose, sealed: BASE64_STANDARD.encode(sealed) })
    }

    /// Opens what was sealed for the same purpose under the same key.
    ///
    /// # Errors
    /// `Unavailable`; `Internal` when it was sealed for something else, elsewhere, or has been changed.
    pub async fn open(&self, purpose: Purpose, secret: &SealedSecret) -> Result<Zeroizing<Vec<u8>>, Error> {
        let sealed = BASE64_STANDARD.decode(&secret.sealed).map_err(|_| Error::internal("a secret is malformed"))?;
        let request = self.kms.decrypt().key_id(&self.key_id).encryption_context("purpose", purpose.as_str());
        let answer = request.ciphertext_blob(Blob::new(sealed)).send().await;
        let answer = answer.map_err(|error| failure("Decrypt", &error))?;
        let plaintext = answer.plaintext.ok_or_else(|| Error::internal("Decrypt: no plaintext"))?;
        Ok(Zeroizing::new(plaintext.into_inner()))
    }

    /// Opens a 256-bit key.
    ///
    /// # Errors
    /// As [`Seal::open`]; `Internal` when it has another length.
    pub async fn open_key(&self, purpose: Purpose, secret: &SealedSecret) -> Result<Zeroizing<[u8; 32]>, Error> {
        let key = self.open(purpose, secret).await?;
        key.as_slice().try_into().map(Zeroizing::new).map_err(|_| Error::internal("a key has the wrong length"))
    }
}
