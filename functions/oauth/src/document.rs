//! What the OpenAPI document says of all these operations alike.

use shared::http::Operation;

use crate::refusal::Reason;

/// An operation of ours.
pub fn operation(name: &'static str, description: &'static str) -> Operation {
    Operation::new(name, description).tag("Programs")
}

/// Refused while things are as they are.
pub fn refuses(operation: Operation, status: u16, reason: Reason) -> Operation {
    let operation = operation.answer(status, reason.message(), &reason.body());
    if matches!(reason, Reason::Frozen(_)) { operation.with_headers(&["Retry-After"]) } else { operation }
}
