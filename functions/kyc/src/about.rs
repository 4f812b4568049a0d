//! `GET /api/kyc/health` and `GET /api/kyc/`: that the function runs, and whose reports it takes.

use axum::extract::State;
use schemars::JsonSchema;
use serde::Serialize;
use shared::http::{Operation, Reply};

use crate::state::Kyc;

/// That the function runs.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "KycHealth")]
pub struct Health {
    /// Always `ok`.
    status: &'static str,
}

/// What this function is, and whose reports it takes.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "KycService")]
pub struct About {
    /// Its name.
    name: &'static str,
    /// Its version.
    version: &'static str,
    /// Names of the providers whose reports are taken.
    providers: Vec<&'static str>,
}

const HEALTH: Health = Health { status: "ok" };

/// Touches nothing that costs.
pub async fn health() -> Reply<Health> {
    Reply::ok(HEALTH)
}

/// What the OpenAPI document says of it.
pub fn health_document() -> Operation {
    Operation::new("health_check", "Whether the function runs.").ok_in_an_object(&HEALTH)
}

/// What this is. Names only.
pub async fn root(State(kyc): State<Kyc>) -> Reply<About> {
    Reply::ok(about(kyc.configured()))
}

/// What the OpenAPI document says of it.
pub fn root_document() -> Operation {
    Operation::new("root", "What this function is, and whose reports it takes.").ok_in_an_object(&about(vec!["sumsub"]))
}

fn about(providers: Vec<&'static str>) -> About {
    About { name: "kyc", version: env!("CARGO_PKG_VERSION"), providers }
}
