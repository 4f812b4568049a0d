//! The stand-in for KMS: its JSON protocol, over keys that exist only here.

mod blob;
mod crypto;
mod key;
mod manage;
mod ring;

use std::sync::Mutex;

use axum::Json;
use axum::response::{IntoResponse, Response};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::lock::lock;
use crate::refusal::Refusal;
use crate::state::StateFile;
use crate::{Error, Service};
use blob::Blob;
pub(crate) use ring::ACCOUNT;
use ring::Ring;

/// Symmetric keys, and the operations on them that this project needs.
pub(crate) struct Kms(Mutex<Ring>);

impl Kms {
    /// Reads the keys of earlier runs.
    pub(crate) fn open(file: StateFile, region: &str) -> Result<Self, Error> {
        Ok(Self(Mutex::new(Ring::open(file, region)?)))
    }

    /// Executes one operation.
    pub(crate) fn answer(&self, operation: &str, body: &[u8]) -> Response {
        match execute(&mut lock(&self.0), operation, body) {
            Ok(output) => Json(output).into_response(),
            Err(refusal) => refusal.answer(Service::Kms),
        }
    }

    /// ARN of the key that sealed a ciphertext, in base64 as requests have it.
    pub(crate) fn sealed_by(&self, ciphertext: &Value) -> Option<String> {
        let ciphertext: Blob = serde_json::from_value(ciphertext.clone()).ok()?;
        let ring = lock(&self.0);
        ring.of_ciphertext(&ciphertext.0).ok().map(|key| ring.arn(key))
    }

    /// Executes one operation in the name of the local AWS itself.
    pub(crate) fn ask(&self, operation: &str, input: &Value) -> Result<Value, Error> {
        execute(&mut lock(&self.0), operation, input.to_string().as_bytes()).map_err(|refusal| Error::Refused {
            operation: operation.to_owned(),
            code: refusal.code.to_owned(),
            message: refusal.message,
        })
    }
}

fn execute(ring: &mut Ring, operation: &str, body: &[u8]) -> Result<Value, Refusal> {
    match operation {
        "CreateKey" => manage::create_key(ring, &input(body)?),
        "CreateAlias" => manage::create_alias(ring, input(body)?),
        "DescribeKey" => manage::describe_key(ring, &input(body)?),
        "EnableKey" => manage::set_enabled(ring, &input(body)?, true),
        "DisableKey" => manage::set_enabled(ring, &input(body)?, false),
        "ScheduleKeyDeletion" => manage::schedule_deletion(ring, &input(body)?),
        "Encrypt" => crypto::encrypt(ring, &input(body)?),
        "Decrypt" => crypto::decrypt(ring, &input(body)?),
        "ReEncrypt" => crypto::re_encrypt(ring, &input(body)?),
        "GenerateDataKey" => crypto::generate_data_key(ring, &input(body)?),
        _ => Err(Refusal::new("UnknownOperationException", "The stand-in for KMS does not know this operation.")),
    }
}

fn input<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refusal> {
    serde_json::from_slice(body).map_err(|error| Refusal::new("SerializationException", error.to_string()))
}

/// Something went wrong in here, not with the request.
fn internal(error: &Error) -> Refusal {
    tracing::error!(%error, "the stand-in for KMS failed");
    crate::faults::unavailable(Service::Kms)
}
