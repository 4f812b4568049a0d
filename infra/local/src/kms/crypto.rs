//! The operations that seal and open.

use serde::Deserialize;
use serde_json::{Value, json};

use super::blob::Blob;
use super::internal;
use super::key::{Context, Key, random};
use super::ring::Ring;
use crate::refusal::Refusal;

const ALGORITHM: &str = "SYMMETRIC_DEFAULT";

/// Input of `Encrypt`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Encrypt {
    key_id: String,
    plaintext: Blob,
    #[serde(default)]
    encryption_context: Context,
}

/// Input of `Decrypt`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Decrypt {
    ciphertext_blob: Blob,
    key_id: Option<String>,
    #[serde(default)]
    encryption_context: Context,
}

/// Input of `ReEncrypt`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ReEncrypt {
    ciphertext_blob: Blob,
    source_key_id: Option<String>,
    #[serde(default)]
    source_encryption_context: Context,
    destination_key_id: String,
    #[serde(default)]
    destination_encryption_context: Context,
}

/// Input of `GenerateDataKey`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct GenerateDataKey {
    key_id: String,
    key_spec: Option<String>,
    number_of_bytes: Option<usize>,
    #[serde(default)]
    encryption_context: Context,
}

pub(super) fn encrypt(ring: &Ring, input: &Encrypt) -> Result<Value, Refusal> {
    check_length("plaintext", &input.plaintext, 4096)?;
    let key = usable(ring, &input.key_id)?;
    let sealed = key.seal(&input.plaintext.0, &input.encryption_context)?;
    Ok(json!({"CiphertextBlob": sealed, "KeyId": ring.arn(key), "EncryptionAlgorithm": ALGORITHM}))
}

pub(super) fn decrypt(ring: &Ring, input: &Decrypt) -> Result<Value, Refusal> {
    let key = key_of(ring, &input.ciphertext_blob, input.key_id.as_deref())?;
    let plaintext = key.open(&input.ciphertext_blob.0, &input.encryption_context)?;
    Ok(json!({"Plaintext": plaintext, "KeyId": ring.arn(key), "EncryptionAlgorithm": ALGORITHM}))
}

pub(super) fn re_encrypt(ring: &Ring, input: &ReEncrypt) -> Result<Value, Refusal> {
    let source = key_of(ring, &input.ciphertext_blob, input.source_key_id.as_deref())?;
    let destination = usable(ring, &input.destination_key_id)?;
    let plaintext = source.open(&input.ciphertext_blob.0, &input.source_encryption_context)?;
    let sealed = destination.seal(&plaintext.0, &input.destination_encryption_context)?;
    Ok(json!({
        "CiphertextBlob": sealed,
        "SourceKeyId": ring.arn(source),
        "KeyId": ring.arn(destination),
        "SourceEncryptionAlgorithm": ALGORITHM,
        "DestinationEncryptionAlgorithm": ALGORITHM,
    }))
}

pub(super) fn generate_data_key(ring: &Ring, input: &GenerateDataKey) -> Result<Value, Refusal> {
    let length = match (input.key_spec.as_deref(), input.number_of_bytes) {
        (Some("AES_256"), None) => 32,
        (Some("AES_128"), None) => 16,
        (None, Some(length @ 1..=1024)) => length,
        _ => return Err(invalid("Please specify either number of bytes or key spec.")),
    };
    let key = usable(ring, &input.key_id)?;
    let plaintext = random(length).map_err(|error| internal(&error))?;
    let sealed = key.seal(&plaintext.0, &input.encryption_context)?;
    Ok(json!({"Plaintext": plaintext, "CiphertextBlob": sealed, "KeyId": ring.arn(key)}))
}

fn usable<'a>(ring: &'a Ring, name: &str) -> Result<&'a Key, Refusal> {
    let key = ring.find(name)?;
    key.check_usable(&ring.arn(key))?;
    Ok(key)
}

/// The key that sealed `ciphertext`, which must be the one that the caller expects, if any.
fn key_of<'a>(ring: &'a Ring, ciphertext: &Blob, expected: Option<&str>) -> Result<&'a Key, Refusal> {
    check_length("ciphertextBlob", ciphertext, 6144)?;
    let expected = expected.map(|name| ring.find(name)).transpose()?;
    let key = ring.of_ciphertext(&ciphertext.0)?;
    if expected.is_some_and(|expected| expected.id != key.id) {
        let message = "The key ID in the request does not identify a CMK that can perform this operation.";
        return Err(Refusal::new("IncorrectKeyException", message));
    }
    key.check_usable(&ring.arn(key))?;
    Ok(key)
}

fn check_length(field: &str, blob: &Blob, most: usize) -> Result<(), Refusal> {
    let bound = match blob.0.len() {
        0 => "greater than or equal to 1".to_owned(),
        length if length > most => format!("less than or equal to {most}"),
        _ => return Ok(()),
    };
    Err(invalid(&format!(
        "1 validation error detected: Value at '{field}' failed to satisfy constraint: Member must have length {bound}"
    )))
}

fn invalid(message: &str) -> Refusal {
    Refusal::new("ValidationException", message)
}
