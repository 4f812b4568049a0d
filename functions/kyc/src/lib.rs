//! Identity checks: reports of providers come in, the user's status comes out.

pub mod config;
mod endings;
mod endpoints;
pub mod metrics;
mod proof;
pub mod providers;
mod reports;
mod state;

use axum::Router;
use shared::{
    http::{Route, Routes},
    invocation::Function,
};

use endpoints::{export, health, root, status, webhook};
pub use state::Kyc;

fn listed<const DESCRIBED: bool>() -> Routes<Kyc, DESCRIBED> {
    Routes::new()
        .get("/api/kyc/health", health::health, health::document)
        .post("/api/kyc/webhook", webhook::webhook, webhook::document)
        .get("/api/kyc/", root::root, root::document)
        .post("/api/kyc/webhook/{provider}", webhook::webhook_of, webhook::document_of)
        .get("/api/kyc/status", status::status, status::document)
        .get("/api/kyc/export", export::export, export::document)
}

/// The function: what it does for each kind of event.
#[must_use]
pub fn function(kyc: Kyc) -> Function<Kyc> {
    let router = router(kyc.clone());
    Function::over(kyc).http(router).task("end-accounts", Kyc::end_accounts)
}

/// Every route of this function, over its state.
pub fn router(kyc: Kyc) -> Router {
    let (deadline, stage, edge) = (kyc.app.deadline, kyc.app.config.stage, kyc.app.config.edge.clone());
    listed::<false>().serve(kyc, deadline, stage, edge)
}

/// Every route of this function, for the OpenAPI document.
#[must_use]
pub fn routes() -> Vec<Route> {
    listed().list()
}
