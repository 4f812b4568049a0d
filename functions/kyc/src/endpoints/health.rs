//! `GET /api/kyc/health`: that the function runs.

use schemars::JsonSchema;
use serde::Serialize;
use shared::http::{Operation, Reply};

/// That the function runs.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "KycHealth")]
pub struct Health {
    /// Always `ok`.
    status: &'static str,
}

const HEALTH: Health = Health { status: "ok" };

/// Touches nothing that costs.
pub async fn health() -> Reply<Health> {
    Reply::ok(HEALTH)
}

pub fn document() -> Operation {
    Operation::new("health_check", "Whether the function runs.").ok_in_an_object(&HEALTH)
}
