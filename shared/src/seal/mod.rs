//! The only module that says KMS: small secrets of the service, sealed under a key that never leaves it, and the users' records,
//! sealed each under a data key of its own.

mod envelope;
mod setting;

use std::collections::HashMap;

use aws_config::SdkConfig;
use aws_sdk_kms::{Client, primitives::Blob};
use base64::{Engine, prelude::BASE64_STANDARD};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::{aws::failure, error::Error};

pub use envelope::{Binding, Envelope, Envelopes, RecordVersion};
pub use setting::{SecretSetting, is_sealed};

/// What a secret is for. It is bound into the ciphertext (the KMS encryption context), so one cannot stand in for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SecretPurpose {
    /// The key of the password hashes.
    Pepper,
    /// The key of the mailed links.
    LinkKey,
    /// The private half of a token-signing key.
    SigningKey,
    /// The key of what `auth` derives instead of storing it.
    AccountKey,
    /// A key of another service, which hashes of passwords take that users have brought along from there.
    ImportKey,
    /// The key of the vault's fingerprints and cursors.
    VaultKey,
}

impl SecretPurpose {
    /// The value of `purpose` in the encryption context; key policies and roles name it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pepper => "pepper",
            Self::LinkKey => "link-key",
            Self::SigningKey => "signing-key",
            Self::AccountKey => "account-key",
            Self::ImportKey => "import-key",
            Self::VaultKey => "vault-key",
        }
    }
}

/// A secret as it is stored.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SealedSecret {
    /// What it is for.
    pub purpose: SecretPurpose,
    /// Base64 of what KMS returned.
    pub sealed: String,
    /// ARN of the KMS key that it is under.
    pub kms_key_arn: String,
}

fn ciphertext(sealed: &str) -> Result<Blob, Error> {
    BASE64_STANDARD.decode(sealed).map(Blob::new).map_err(|_| Error::internal("a secret is malformed"))
}

/// The ARN of the KMS key that an id, an alias or an ARN names, if it can be used. One call: `DescribeKey`.
///
/// # Errors
/// `Unavailable`; `Internal` when there is no such key, or it is switched off.
pub async fn key_arn(config: &SdkConfig, key_id: &str) -> Result<String, Error> {
    let answer = Client::new(config).describe_key().key_id(key_id).send().await;
    let key = answer.map_err(|error| failure("DescribeKey", &error))?.key_metadata;
    let key = key.filter(|key| key.enabled).ok_or_else(|| Error::internal("DescribeKey: the key is not enabled"))?;
    key.arn.ok_or_else(|| Error::internal("DescribeKey: an incomplete answer"))
}

type Context = HashMap<String, String>;

fn purpose_context(purpose: SecretPurpose) -> Context {
    [("purpose".to_owned(), purpose.as_str().to_owned())].into()
}

fn webhook_context(provider: &str) -> Context {
    [("purpose".to_owned(), "kyc-webhook".to_owned()), ("provider".to_owned(), provider.to_owned())].into()
}

fn setting_context(name: &str) -> Context {
    [("purpose".to_owned(), "setting".to_owned()), ("setting".to_owned(), name.to_owned())].into()
}

/// Seals under one KMS key, and opens what lies under that one or an earlier one.
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
    pub async fn seal(&self, purpose: SecretPurpose, secret: &[u8]) -> Result<SealedSecret, Error> {
        let (sealed, kms_key_arn) = self.encrypt(purpose_context(purpose), secret).await?;
        Ok(SealedSecret { purpose, sealed, kms_key_arn })
    }

    /// Opens what was sealed for the same purpose.
    ///
    /// # Errors
    /// `Unavailable`; `Internal` when it was sealed for something else, elsewhere, or has been changed.
    pub async fn open(&self, purpose: SecretPurpose, secret: &SealedSecret) -> Result<Zeroizing<Vec<u8>>, Error> {
        // Not the key that new secrets get: when that setting changes, the old secrets still lie under the old key, and once they have
        // moved, an instance with the old setting must open them, too. So the stored ARN is pinned. A row cannot name a key of somebody
        // else's choice: the role opens with the keys in its policy only.
        self.decrypt(purpose_context(purpose), Some(&secret.kms_key_arn), &secret.sealed).await
    }

    /// Moves a secret under the KMS key `to`, without opening it here. One call: `ReEncrypt`.
    ///
    /// # Errors
    /// `Unavailable`; `Internal` when KMS refuses.
    pub async fn rewrap(&self, purpose: SecretPurpose, secret: &SealedSecret, to: &str) -> Result<SealedSecret, Error> {
        let request = self.kms.re_encrypt().source_key_id(&secret.kms_key_arn).destination_key_id(to);
        let answer = request
            .ciphertext_blob(ciphertext(&secret.sealed)?)
            .set_source_encryption_context(Some(purpose_context(purpose)))
            .set_destination_encryption_context(Some(purpose_context(purpose)))
            .send()
            .await
            .map_err(|error| failure("ReEncrypt", &error))?;
        let (Some(sealed), Some(kms_key_arn)) = (answer.ciphertext_blob, answer.key_id) else {
            return Err(Error::internal("ReEncrypt: an incomplete answer"));
        };
        Ok(SealedSecret { purpose, sealed: BASE64_STANDARD.encode(sealed), kms_key_arn })
    }

    /// Seals a secret of a provider of webhooks for the configuration: base64.
    ///
    /// # Errors
    /// `Unavailable`, `Internal`.
    pub async fn seal_webhook_secret(&self, provider: &str, secret: &[u8]) -> Result<String, Error> {
        Ok(self.encrypt(webhook_context(provider), secret).await?.0)
    }

    /// Opens what was sealed for the same provider.
    ///
    /// # Errors
    /// `Unavailable`; `Internal` when it was sealed for another, elsewhere, or has been changed.
    pub async fn open_webhook_secret(&self, provider: &str, sealed: &str) -> Result<Zeroizing<Vec<u8>>, Error> {
        // The key is not named: what was sealed before a change of keys opens still, and the role's policy says which keys may.
        self.decrypt(webhook_context(provider), None, sealed).await
    }

    /// Seals a secret that is a setting, by the setting's name, for the configuration: base64.
    ///
    /// # Errors
    /// `Unavailable`, `Internal`.
    pub async fn seal_setting(&self, name: &str, secret: &[u8]) -> Result<String, Error> {
        Ok(self.encrypt(setting_context(name), secret).await?.0)
    }

    /// Opens what was sealed for the same setting.
    ///
    /// # Errors
    /// `Unavailable`; `Internal` when it was sealed for another, elsewhere, or has been changed.
    pub async fn open_setting(&self, name: &str, sealed: &str) -> Result<Zeroizing<Vec<u8>>, Error> {
        self.decrypt(setting_context(name), None, sealed).await
    }

    /// Base64 of the ciphertext, and the ARN of the key that it is under.
    async fn encrypt(&self, context: Context, secret: &[u8]) -> Result<(String, String), Error> {
        let request = self.kms.encrypt().key_id(&self.key_id).set_encryption_context(Some(context));
        let answer = request.plaintext(Blob::new(secret)).send().await.map_err(|error| failure("Encrypt", &error))?;
        let (Some(sealed), Some(key)) = (answer.ciphertext_blob, answer.key_id) else {
            return Err(Error::internal("Encrypt: an incomplete answer"));
        };
        Ok((BASE64_STANDARD.encode(sealed), key))
    }

    /// Under the named key only, where one is named.
    async fn decrypt(&self, context: Context, key: Option<&str>, sealed: &str) -> Result<Zeroizing<Vec<u8>>, Error> {
        let request = self.kms.decrypt().set_key_id(key.map(str::to_owned)).set_encryption_context(Some(context));
        let answer = request.ciphertext_blob(ciphertext(sealed)?).send().await;
        let answer = answer.map_err(|error| failure("Decrypt", &error))?;
        if key.is_some() && answer.key_id.as_deref() != key {
            return Err(Error::internal("Decrypt: another key than the one that was named"));
        }
        let plaintext = answer.plaintext.ok_or_else(|| Error::internal("Decrypt: no plaintext"))?;
        Ok(Zeroizing::new(plaintext.into_inner()))
    }

    /// Opens a 256-bit key.
    ///
    /// # Errors
    /// `Unavailable`; `Internal` when it was sealed for something else, elsewhere, has been changed, or has another length.
    pub async fn open_key(&self, purpose: SecretPurpose, secret: &SealedSecret) -> Result<Zeroizing<[u8; 32]>, Error> {
        key_256(&self.open(purpose, secret).await?)
    }
}

/// What was opened, as a 256-bit key.
///
/// # Errors
/// `Internal` when it has another length.
pub fn key_256(opened: &[u8]) -> Result<Zeroizing<[u8; 32]>, Error> {
    opened.try_into().map(Zeroizing::new).map_err(|_| Error::internal("a key has the wrong length"))
}
