//! `GET /api/kyc/`: what the function is, and whose reports it takes.

use axum::extract::State;
use schemars::JsonSchema;
use serde::Serialize;
use shared::http::{Operation, Reply};

use crate::state::Kyc;

/// What this function is, and whose reports it takes.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "KycService")]
pub struct About {
    /// The name of the service.
    name: &'static str,
    /// The version of the service.
    version: &'static str,
    /// Names of the providers whose reports are taken.
    providers: Vec<&'static str>,
}

/// What this is. Names only.
pub async fn root(State(kyc): State<Kyc>) -> Reply<About> {
    Reply::ok(about(kyc.configured()))
}

pub fn document() -> Operation {
    Operation::new("root", "What this function is, and whose reports it takes.").ok_in_an_object(&about(vec!["sumsub"]))
}

fn about(providers: Vec<&'static str>) -> About {
    About { name: "kyc", version: env!("CARGO_PKG_VERSION"), providers }
}
