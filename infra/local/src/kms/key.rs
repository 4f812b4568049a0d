//! One key: what it may do, and how it seals.

use std::collections::BTreeMap;

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use aws_lc_rs::rand;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::blob::Blob;
use crate::refusal::Refusal;
use crate::{Error, clock};

/// The key-value pairs that a ciphertext is bound to.
pub(super) type Context = BTreeMap<String, String>;

const FORMAT: u8 = 1;
const UUID_LEN: usize = 16;
const HEADER_LEN: usize = 1 + UUID_LEN;

/// Whether a key may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum KeyState {
    Enabled,
    Disabled,
    PendingDeletion,
}

/// A symmetric key.
#[derive(Serialize, Deserialize)]
pub(super) struct Key {
    pub(super) id: Uuid,
    pub(super) description: String,
    pub(super) aliases: Vec<String>,
    pub(super) state: KeyState,
    pub(super) created_at: Timestamp,
    pub(super) deletion_at: Option<Timestamp>,
    material: Blob,
}

impl Key {
    /// A new random key that may be used at once.
    pub(super) fn generate(description: &str) -> Result<Self, Error> {
        let mut id = [0; UUID_LEN];
        rand::fill(&mut id).map_err(|_| Error::Randomness)?;
        Ok(Self {
            id: uuid::Builder::from_random_bytes(id).into_uuid(),
            description: description.to_owned(),
            aliases: Vec::new(),
            state: KeyState::Enabled,
            created_at: clock::now(),
            deletion_at: None,
            material: random(32)?,
        })
    }

    /// Refuses a key that is disabled or about to be deleted.
    pub(super) fn check_usable(&self, arn: &str) -> Result<(), Refusal> {
        match self.state {
            KeyState::Enabled => Ok(()),
            KeyState::Disabled => Err(Refusal::new("DisabledException", format!("{arn} is disabled."))),
            KeyState::PendingDeletion => {
                Err(Refusal::new("KMSInvalidStateException", format!("{arn} is pending deletion.")))
            }
        }
    }

    /// Format, key id, nonce, ciphertext and tag. Format, key id and context are authenticated with the ciphertext.
    pub(super) fn seal(&self, plaintext: &[u8], context: &Context) -> Result<Blob, Refusal> {
        let header = [&[FORMAT], self.id.as_bytes().as_slice()].concat();
        let mut sealed = plaintext.to_vec();
        let aad = Aad::from(authenticated(&header, context));
        let nonce = self.aead()?.seal_in_place_append_tag(aad, &mut sealed).map_err(|_| internal())?;
        Ok([header, nonce.as_ref().to_vec(), sealed].concat().into())
    }

    /// The plaintext of a ciphertext of this key, if it was sealed with just this context.
    pub(super) fn open(&self, ciphertext: &[u8], context: &Context) -> Result<Blob, Refusal> {
        let (header, rest) = ciphertext.split_at_checked(HEADER_LEN).ok_or_else(invalid_ciphertext)?;
        let (nonce, sealed) = rest.split_at_checked(NONCE_LEN).ok_or_else(invalid_ciphertext)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| invalid_ciphertext())?;
        let mut sealed = Blob::from(sealed.to_vec());
        let aad = Aad::from(authenticated(header, context));
        let plaintext = self.aead()?.open_in_place(nonce, aad, &mut sealed.0).map_err(|_| invalid_ciphertext())?;
        Ok(plaintext.to_vec().into())
    }

    fn aead(&self) -> Result<RandomizedNonceKey, Refusal> {
        RandomizedNonceKey::new(&AES_256_GCM, &self.material.0).map_err(|_| internal())
    }
}

/// The id of the key that sealed a ciphertext, if it has our format at all.
pub(super) fn sealed_by(ciphertext: &[u8]) -> Result<Uuid, Refusal> {
    match ciphertext.split_at_checked(HEADER_LEN) {
        Some(([FORMAT, id @ ..], _)) => Uuid::from_slice(id).map_err(|_| invalid_ciphertext()),
        _ => Err(invalid_ciphertext()),
    }
}

/// Fresh random bytes.
pub(super) fn random(length: usize) -> Result<Blob, Error> {
    let mut blob = Blob::from(vec![0; length]);
    rand::fill(&mut blob.0).map_err(|_| Error::Randomness)?;
    Ok(blob)
}

/// KMS tells nothing about why a ciphertext does not open.
pub(super) fn invalid_ciphertext() -> Refusal {
    Refusal::new("InvalidCiphertextException", "")
}

fn internal() -> Refusal {
    super::internal(&Error::Randomness)
}

/// Sorted JSON is canonical here: no two contexts have the same form.
fn authenticated(header: &[u8], context: &Context) -> Vec<u8> {
    let context = serde_json::to_vec(context).unwrap_or_default();
    [header, &context].concat()
}
