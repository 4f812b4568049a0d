//! Envelopes: records sealed each under a data key of its own, which KMS wraps. A record opens for its owner, in its place, in its
//! version, and nowhere else.

use std::collections::HashMap;

use aws_config::SdkConfig;
use aws_lc_rs::aead::{AES_256_GCM, Aad, Nonce, RandomizedNonceKey};
use aws_sdk_kms::{Client, primitives::Blob, types::DataKeySpec};
use base64::{Engine, prelude::BASE64_STANDARD};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::{
    aws::failure,
    config::Stage,
    error::Error,
    ids::{AccountId, KeyId},
};

/// Lengths of ciphertexts are multiples of this. Bytes.
const BLOCK: usize = 256;
/// Ends the plaintext, before zeros up to the block.
const END: u8 = 0x80;
/// The layout of the authenticated data.
const LAYOUT: &[u8] = b"exkv1";

/// What an envelope belongs to. Account and key come from the caller and the primary key, never from the stored item.
#[derive(Clone, Copy)]
pub struct Binding<'a> {
    /// Whose it is.
    pub account: AccountId,
    /// Which record it is.
    pub key: KeyId,
    /// Where its credentials are good.
    pub exchange: &'a str,
    /// And in which environment there.
    pub environment: &'a str,
    /// Which version of the credentials it holds.
    pub version: u64,
}

/// A sealed record as it is stored. The wrapped data key stands alone, so that KMS can wrap it anew without opening the record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Envelope {
    /// ARN of the KMS key that wraps the data key.
    pub kms_key_arn: String,
    /// The wrapped data key: base64 of the `CiphertextBlob` of KMS.
    pub edk: String,
    alg: Algorithm,
    /// Base64 of 12 bytes.
    nonce: String,
    /// Base64 of ciphertext and tag.
    ciphertext: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Algorithm {
    #[serde(rename = "A256GCM")]
    Aes256Gcm,
}

/// Seals and opens envelopes. New ones are wrapped by one KMS key; old ones open with whichever wrapped them. Data keys are not
/// kept: every opening is one call to KMS and one line in its trail.
#[derive(Clone, Debug)]
pub struct Envelopes {
    kms: Client,
    key_id: String,
    stage: Stage,
}

impl Envelopes {
    /// Under the KMS key `key_id`: an id, an ARN or an alias.
    #[must_use]
    pub fn new(config: &SdkConfig, key_id: &str, stage: Stage) -> Self {
        Self { kms: Client::new(config), key_id: key_id.to_owned(), stage }
    }

    /// Seals `plaintext` under a new data key. One call: `GenerateDataKey`.
    ///
    /// # Errors
    /// `Unavailable`, `Internal`.
    pub async fn seal(&self, binding: Binding<'_>, plaintext: &[u8]) -> Result<Envelope, Error> {
        let request = self.kms.generate_data_key().key_id(&self.key_id).key_spec(DataKeySpec::Aes256);
        let answer = request.set_encryption_context(Some(self.context(binding))).send().await;
        let answer = answer.map_err(|error| failure("GenerateDataKey", &error))?;
        let data_key = answer.plaintext.map(|key| Zeroizing::new(key.into_inner()));
        let (Some(data_key), Some(edk), Some(kms_key_arn)) = (data_key, answer.ciphertext_blob, answer.key_id) else {
            return Err(Error::internal("GenerateDataKey: an incomplete answer"));
        };
        let mut sealed = padded(plaintext);
        let nonce = cipher(&data_key)?
            .seal_in_place_append_tag(Aad::from(binding.authenticated()), &mut *sealed)
            .map_err(|_| Error::internal("a record could not be sealed"))?;
        Ok(Envelope {
            kms_key_arn,
            edk: BASE64_STANDARD.encode(edk),
            alg: Algorithm::Aes256Gcm,
            nonce: BASE64_STANDARD.encode(nonce.as_ref()),
            ciphertext: BASE64_STANDARD.encode(&*sealed),
        })
    }

    /// Opens what was sealed for the same binding. One call: `Decrypt`.
    ///
    /// # Errors
    /// `Unavailable`; `Internal`, the same for every reason, when it belongs elsewhere or has been changed.
    pub async fn open(&self, binding: Binding<'_>, envelope: &Envelope) -> Result<Zeroizing<Vec<u8>>, Error> {
        let edk = decoded(&envelope.edk)?;
        let request = self.kms.decrypt().key_id(&envelope.kms_key_arn).ciphertext_blob(Blob::new(edk));
        let answer = request.set_encryption_context(Some(self.context(binding))).send().await;
        let answer = answer.map_err(|error| {
            let error = failure("Decrypt", &error);
            if matches!(error, Error::Internal(_)) {
                tracing::error!(event = "unsealing_refused", "KMS does not open a data key for this record");
            }
            error
        })?;
        if answer.key_id.as_ref() != Some(&envelope.kms_key_arn) {
            return Err(unopened());
        }
        let data_key = answer.plaintext.map(|key| Zeroizing::new(key.into_inner())).ok_or_else(unopened)?;
        let nonce: [u8; 12] = decoded(&envelope.nonce)?.try_into().map_err(|_| unopened())?;
        let mut sealed = Zeroizing::new(decoded(&envelope.ciphertext)?);
        let aad = Aad::from(binding.authenticated());
        let length =
            cipher(&data_key)?.open_in_place(Nonce::from(&nonce), aad, &mut sealed).map_err(|_| unopened())?.len();
        sealed.truncate(length);
        unpad(&mut sealed)?;
        Ok(sealed)
    }

    /// The same envelope with its data key wrapped by the KMS key `to`. Nothing is opened on the way. One call: `ReEncrypt`.
    ///
    /// # Errors
    /// `Unavailable`; `Internal` when KMS refuses.
    pub async fn rewrap(&self, binding: Binding<'_>, envelope: &Envelope, to: &str) -> Result<Envelope, Error> {
        let request = self.kms.re_encrypt().source_key_id(&envelope.kms_key_arn).destination_key_id(to);
        let context = self.context(binding);
        let answer = request
            .ciphertext_blob(Blob::new(decoded(&envelope.edk)?))
            .set_source_encryption_context(Some(context.clone()))
            .set_destination_encryption_context(Some(context))
            .send()
            .await
            .map_err(|error| failure("ReEncrypt", &error))?;
        let (Some(edk), Some(kms_key_arn)) = (answer.ciphertext_blob, answer.key_id) else {
            return Err(Error::internal("ReEncrypt: an incomplete answer"));
        };
        Ok(Envelope { kms_key_arn, edk: BASE64_STANDARD.encode(edk), ..envelope.clone() })
    }

    /// The encryption context: shown in CloudTrail in the clear, so it names records and nobody.
    fn context(&self, binding: Binding<'_>) -> HashMap<String, String> {
        let pairs = [
            ("app", "exkey-vault".to_owned()),
            ("env", self.stage.as_str().to_owned()),
            ("tenant", binding.account.to_string()),
            ("key_id", binding.key.to_string()),
            ("v", binding.version.to_string()),
            ("schema", "1".to_owned()),
        ];
        pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }
}

impl Binding<'_> {
    /// Every field behind its length, so that no two bindings read the same.
    fn authenticated(&self) -> Vec<u8> {
        let version = self.version.to_be_bytes();
        let fields: [&[u8]; 5] = [
            self.account.as_bytes(),
            self.key.as_bytes(),
            self.exchange.as_bytes(),
            self.environment.as_bytes(),
            &version,
        ];
        fields.into_iter().fold(LAYOUT.to_vec(), |mut bytes, field| {
            bytes.extend((field.len() as u64).to_be_bytes());
            bytes.extend(field);
            bytes
        })
    }
}

fn cipher(data_key: &[u8]) -> Result<RandomizedNonceKey, Error> {
    RandomizedNonceKey::new(&AES_256_GCM, data_key).map_err(|_| Error::internal("a data key has the wrong length"))
}

/// `plaintext` filled up to whole blocks, with room for the tag: growing would leave copies behind.
fn padded(plaintext: &[u8]) -> Zeroizing<Vec<u8>> {
    let length = (plaintext.len() + 1).next_multiple_of(BLOCK);
    let mut bytes = Zeroizing::new(Vec::with_capacity(length + AES_256_GCM.tag_len()));
    bytes.extend(plaintext);
    bytes.push(END);
    bytes.resize(length, 0);
    bytes
}

fn unpad(bytes: &mut Vec<u8>) -> Result<(), Error> {
    let end = bytes.iter().rposition(|byte| *byte != 0).filter(|end| bytes.get(*end) == Some(&END));
    bytes.truncate(end.ok_or_else(unopened)?);
    Ok(())
}

fn decoded(text: &str) -> Result<Vec<u8>, Error> {
    BASE64_STANDARD.decode(text).map_err(|_| unopened())
}

/// One reason for all: which part did not fit is nobody's business but the trail's.
fn unopened() -> Error {
    tracing::error!(event = "unsealing_refused", "a sealed record does not open");
    Error::internal("a sealed record does not open")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn binding<'a>(exchange: &'a str, environment: &'a str) -> Binding<'a> {
        let (account, key) = (AccountId::from_bytes([1; 16]), KeyId::from_bytes([2; 16]));
        Binding { account, key, exchange, environment, version: 1 }
    }

    #[test]
    fn neighbouring_fields_do_not_run_into_each_other() {
        assert_ne!(binding("ab", "c").authenticated(), binding("a", "bc").authenticated());
        assert_eq!(binding("ab", "c").authenticated(), binding("ab", "c").authenticated());
    }

    #[test]
    fn lengths_are_hidden_and_come_back() {
        for length in [0, 1, 254, 255, 256, 257, 511, 4_000] {
            let plaintext = vec![END; length];
            let mut bytes = padded(&plaintext);
            assert_eq!(bytes.len() % BLOCK, 0);
            assert_eq!(bytes.len(), (length / BLOCK + 1) * BLOCK);
            assert!(bytes.capacity() >= bytes.len() + AES_256_GCM.tag_len());
            unpad(&mut bytes).unwrap();
            assert_eq!(*bytes, plaintext);
        }
        assert!(unpad(&mut vec![0; BLOCK]).is_err() && unpad(&mut vec![1]).is_err() && unpad(&mut vec![]).is_err());
    }
}
