//! The vault for the API keys of users' exchange accounts: sealed, listed masked, shown one at a time with a trace, tested.

mod access;
mod audit;
mod change;
mod conditions;
pub mod config;
mod connection;
mod count;
mod document;
mod endings;
mod endpoints;
mod exchange_client;
pub mod exchanges;
mod input;
mod keeping;
mod keys;
mod letters;
mod limits;
pub mod metrics;
mod policy;
mod record;
mod refusal;
mod sealing;
mod state;
mod tested;
mod vault_key;
mod verification;
mod view;

use axum::Router;
use shared::{
    http::{Route, Routes},
    invocation::Function,
};

use endpoints::{create, decrypt, delete, events, export, list, test_connection, update};
pub use state::Vault;

fn listed<const DESCRIBED: bool>() -> Routes<Vault, DESCRIBED> {
    Routes::new()
        .get("/api/v1/api-keys/", list::list, list::document)
        .post("/api/v1/api-keys/", create::create, create::document)
        .post("/api/v1/api-keys/{key_id}/decrypt", decrypt::decrypt, decrypt::document)
        .patch("/api/v1/api-keys/{key_id}", update::update, update::document)
        .delete("/api/v1/api-keys/{key_id}", delete::delete, delete::document)
        .post("/api/v1/api-keys/{key_id}/test-connection", test_connection::test_connection, test_connection::document)
        .get("/api/v1/api-keys/export", export::export, export::document)
        .get("/api/v1/api-keys/{key_id}/events", events::events, events::document)
}

/// The function: what it does for each kind of event.
#[must_use]
pub fn function(vault: Vault) -> Function<Vault> {
    let router = router(vault.clone());
    Function::over(vault).http(router).task("end-accounts", Vault::end_accounts)
}

/// Every route of this function, over its state.
pub fn router(vault: Vault) -> Router {
    let (deadline, stage, edge) = (vault.app.deadline, vault.app.config.stage, vault.app.config.edge.clone());
    listed::<false>().serve(vault, deadline, stage, edge)
}

/// Every route of this function, for the OpenAPI document.
#[must_use]
pub fn routes() -> Vec<Route> {
    listed().list()
}
