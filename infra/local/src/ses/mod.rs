//! The stand-in for `SESv2`: reads what `SendEmail` is given, and reports what becomes of mails to its simulator.

mod links;
mod message;
mod simulator;

use aws_lc_rs::rand;
use axum::Json;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use uuid::Builder;

pub(crate) use links::{Piece, pieces};
pub(crate) use message::{Message, bare, deliverable, read};
pub use simulator::Outcome;
pub(crate) use simulator::{outcome, reports};

use crate::Error;

/// A new message id.
pub(crate) fn message_id() -> Result<String, Error> {
    let mut random = [0; 16];
    rand::fill(&mut random).map_err(|_| Error::Randomness)?;
    Ok(Builder::from_random_bytes(random).into_uuid().to_string())
}

/// The message id in the answer of another SES.
pub(crate) fn accepted_id(answer: &[u8]) -> String {
    let answer: Value = serde_json::from_slice(answer).unwrap_or_default();
    answer["MessageId"].as_str().unwrap_or_default().to_owned()
}

/// The answer to a mail that was taken.
pub(crate) fn accepted(id: &str) -> Response {
    Json(json!({"MessageId": id})).into_response()
}
