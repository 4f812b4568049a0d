//! Identity checks. So far it says that it is alive; it knows no provider yet, so it takes no reports.

use axum::Router;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use shared::{
    caller::Bearer,
    error::Error,
    http::{Operation, Reply, Route, Routes},
};

fn listed<const DESCRIBED: bool>() -> Routes<(), DESCRIBED> {
    Routes::new()
        .get("/api/kyc/health", health, health_operation)
        .post("/api/kyc/webhook", webhook, webhook_operation)
        .get("/api/kyc/", root, root_operation)
}

/// Every route of this function.
pub fn router() -> Router {
    listed::<false>().serve(())
}

/// The same routes, for the OpenAPI document.
#[must_use]
pub fn routes() -> Vec<Route> {
    listed().list()
}

/// Whether the function runs.
#[derive(Serialize, JsonSchema)]
#[schemars(inline, extend("additionalProperties" = true))]
pub struct Health {
    status: &'static str,
}

/// What this is.
#[derive(Serialize, JsonSchema)]
#[schemars(inline, extend("additionalProperties" = true))]
pub struct About {
    name: &'static str,
    version: &'static str,
    /// Names of the providers whose reports are taken.
    providers: &'static [&'static str],
}

const HEALTH: Health = Health { status: "ok" };
const ABOUT: About = About { name: "kyc", version: env!("CARGO_PKG_VERSION"), providers: &[] };

async fn health() -> Reply<Health> {
    Reply::ok(HEALTH)
}

fn health_operation() -> Operation {
    Operation::new("health_check", "Whether the function runs.").ok(&HEALTH)
}

async fn root() -> Reply<About> {
    Reply::ok(ABOUT)
}

fn root_operation() -> Operation {
    Operation::new("root", "What this function is, and whose reports it takes.").ok(&ABOUT)
}

/// Without a provider's secret nothing can be authentic, and nothing is taken on trust.
async fn webhook(_: Bearer) -> Error {
    Error::Unavailable("no provider is configured".to_owned())
}

fn webhook_operation() -> Operation {
    Operation::new("kyc_webhook", "Takes the report of an identity provider. No provider is configured yet.")
        .protected()
        .ok(&Value::Null)
        .depends()
}
