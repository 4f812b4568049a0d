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

/// One version of a record: what KMS is told. Account and key come from the caller and the primary key, never from the stored item.
#[derive(Clone, Copy)]
pub struct RecordVersion {
    /// Whose it is.
    pub account: AccountId,
    /// Which record it is.
    pub key: KeyId,
    /// Counts what has been sealed in it, from 1.
    pub version: u64,
}

/// What an envelope belongs to.
#[derive(Clone)]
pub struct Binding<'a> {
    /// The record.
    pub record: RecordVersion,
    /// What the record says in the clear of what is sealed in it, in an order that never changes: with other words it does not open.
    pub terms: Vec<&'a str>,
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
    pub async fn seal(&self, binding: &Binding<'_>, plaintext: &[u8]) -> Result<Envelope, Error> {
        let request = self.kms.generate_data_key().key_id(&self.key_id).key_spec(DataKeySpec::Aes256);
        let answer = request.set_encryption_context(Some(self.context(binding.record))).send().await;
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
    pub async fn open(&self, binding: &Binding<'_>, envelope: &Envelope) -> Result<Zeroizing<Vec<u8>>, Error> {
        let edk = decoded(&envelope.edk)?;
        let request = self.kms.decrypt().key_id(&envelope.kms_key_arn).ciphertext_blob(Blob::new(edk));
        let answer = request.set_encryption_context(Some(self.context(binding.record))).send().await;
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

    /// Moves an envelope under the KMS key `to`: its data key is wrapped anew, without being opened here. One call: `ReEncrypt`.
    ///
    /// # Errors
    /// `Unavailable`; `Internal` when KMS refuses.
    pub async fn rewrap(&self, record: RecordVersion, envelope: &Envelope, to: &str) -> Result<Envelope, Error> {
        let request = self.kms.re_encrypt().source_key_id(&envelope.kms_key_arn).destination_key_id(to);
        let context = self.context(record);
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
    fn context(&self, record: RecordVersion) -> HashMap<String, String> {
        let pairs = [
            ("app", "exkey-vault".to_owned()),
            ("env", self.stage.as_str().to_owned()),
            ("tenant", record.account.to_string()),
            ("key_id", record.key.to_string()),
            ("v", record.version.to_string()),
            ("schema", "1".to_owned()),
        ];
        pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }
}

impl Binding<'_> {
    /// Every field behind its length, so that no two bindings read the same.
    fn authenticated(&self) -> Vec<u8> {
        let RecordVersion { account, key, version } = &self.record;
        let (ids, version) = ([account.as_bytes(), key.as_bytes()], version.to_be_bytes());
        let terms = self.terms.iter().map(|term| term.as_bytes());
        let fields = ids.into_iter().map(<[u8; 16]>::as_slice).chain(terms).chain([version.as_slice()]);
        fields.fold(LAYOUT.to_vec(), |mut bytes, field| {
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

    fn authenticated(terms: &[&str]) -> Vec<u8> {
        let (account, key) = (AccountId::from_bytes([1; 16]), KeyId::from_bytes([2; 16]));
        Binding { record: RecordVersion { account, key, version: 3 }, terms: terms.to_vec() }.authenticated()
    }

    #[test]
    fn neighbouring_fields_do_not_run_into_each_other() {
        for other in [&["a", "bc"][..], &["abc"], &["ab", "c", ""], &["c", "ab"], &[]] {
            assert_ne!(authenticated(&["ab", "c"]), authenticated(other), "{other:?}");
        }
    }

    #[test]
    fn the_layout_is_what_records_are_stored_under() {
        let expected = [
            &b"exkv1"[..],
            &[0, 0, 0, 0, 0, 0, 0, 16],
            &[1; 16],
            &[0, 0, 0, 0, 0, 0, 0, 16],
            &[2; 16],
            &[0, 0, 0, 0, 0, 0, 0, 2],
            b"ab",
            &[0, 0, 0, 0, 0, 0, 0, 1],
            b"c",
            &[0, 0, 0, 0, 0, 0, 0, 8],
            &[0, 0, 0, 0, 0, 0, 0, 3],
        ];
        assert_eq!(authenticated(&["ab", "c"]), expected.concat());
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
