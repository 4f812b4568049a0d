//! Identity checks: reports of providers come in, the user's status comes out.

mod about;
pub mod providers;
mod state;
mod status;
mod webhook;

use axum::Router;
use shared::http::{Route, Routes};

pub use state::Kyc;

fn listed<const DESCRIBED: bool>() -> Routes<Kyc, DESCRIBED> {
    Routes::new()
        .get("/api/kyc/health", about::health, about::health_document)
        .post("/api/kyc/webhook", webhook::webhook, webhook::document)
        .get("/api/kyc/", about::root, about::root_document)
        .post("/api/kyc/webhook/{provider}", webhook::webhook_of, webhook::document_of)
        .get("/api/kyc/status", status::status, status::document)
}

/// Every route of this function, over its state.
pub fn router(kyc: Kyc) -> Router {
    let (deadline, stage) = (kyc.app.deadline, kyc.app.config.stage);
    listed::<false>().serve(kyc, deadline, stage)
}

/// The same routes, for the OpenAPI document.
#[must_use]
pub fn routes() -> Vec<Route> {
    listed().list()
}
