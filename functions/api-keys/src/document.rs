//! What the OpenAPI document says of all these operations alike.

use schemars::{Schema, json_schema};
use serde_json::Value;
use shared::{caller::scope::Wanted, http::Operation};

use crate::refusal::Refusal;

/// An id for examples.
pub const KEY_ID: &str = "01981e5a-6f1c-7c3a-8b47-2f7f0a4b8a11";
/// A moment for examples.
pub const MOMENT: &str = "2026-11-22T10:00:00Z";

/// An operation of the vault's, by sessions and by personal tokens that allow `W`.
pub fn operation<W: Wanted>(name: &'static str, description: &'static str) -> Operation {
    Operation::new(name, description).needs::<W>().depends()
}

/// Of one key.
pub fn of_key(operation: Operation) -> Operation {
    let refusal = Refusal::NotFound;
    operation.path("key_id", "Which key").answer(404, refusal.message(), &refusal.body())
}

/// One list of words, with a description each: some of its own, and those of other lists.
pub fn words(description: &str, own: &[Value], others: &[Schema]) -> Schema {
    let others = others.iter().filter_map(|list| list.get("oneOf")?.as_array()).flatten();
    let words: Vec<_> = own.iter().chain(others).collect();
    json_schema!({ "description": description, "oneOf": words })
}

/// With a limit of its own.
pub fn limited(operation: Operation) -> Operation {
    let refusal = Refusal::TooMany(0);
    operation.answer(429, refusal.message(), &refusal.body())
}

/// Refused while things are as they are.
pub fn refuses(operation: Operation, refusals: &[Refusal]) -> Operation {
    refusals.iter().fold(operation, |operation, refusal| operation.answer(409, refusal.message(), &refusal.body()))
}
