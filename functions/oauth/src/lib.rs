//! What accounts allow programs: personal tokens, which an owner makes for programs of the owner's, and what ends them.

mod document;
mod endings;
mod endpoints;
mod input;
mod limits;
mod making;
pub mod metrics;
mod protocol;
mod refusal;
mod state;
mod tokens;
mod view;

use axum::Router;
use shared::{
    http::{Route, Routes},
    invocation::Function,
};

use endpoints::{end_token, export, list_tokens, make_token, revoke};
pub use state::OAuth;

fn listed<const DESCRIBED: bool>() -> Routes<OAuth, DESCRIBED> {
    Routes::new()
        .get("/oauth/tokens", list_tokens::list_tokens, list_tokens::document)
        .post("/oauth/tokens", make_token::make_token, make_token::document)
        .delete("/oauth/tokens/{token_id}", end_token::end_token, end_token::document)
        .post("/oauth/revoke", revoke::revoke, revoke::document)
        .get("/oauth/export", export::export, export::document)
}

/// The function: what it does for each kind of event.
#[must_use]
pub fn function(oauth: OAuth) -> Function<OAuth> {
    let router = router(oauth.clone());
    Function::over(oauth).http(router).task("end-accounts", OAuth::end_accounts)
}

/// Every route of this function, over its state. None leads elsewhere: whoever follows a redirect sends credentials twice.
pub fn router(oauth: OAuth) -> Router {
    let (deadline, stage, edge) = (oauth.app.deadline, oauth.app.config.stage, oauth.app.config.edge.clone());
    listed::<false>().without_redirects().serve(oauth, deadline, stage, edge)
}

/// Every route of this function, for the OpenAPI document.
#[must_use]
pub fn routes() -> Vec<Route> {
    listed().list()
}
