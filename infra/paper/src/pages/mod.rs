//! What people and tests ask the play itself: demo credentials, the requests counted, one answer for everybody, stolen passwords,
//! reports of identity providers, the widget of Turnstile.

mod breaches;
mod exchanges;
mod identity;
mod page;
mod turnstile;

use std::sync::Arc;

use axum::Router;
use axum::routing::{delete, get, put};

use crate::Play;

pub use page::{STYLE, escaped};

/// The pages of the play.
pub(crate) fn router(play: Arc<Play>) -> Router {
    Router::new()
        .route("/exchanges", get(exchanges::page))
        .route("/exchanges.json", get(exchanges::json))
        .route("/exchange-calls.json", get(exchanges::calls_json))
        .route("/exchange-calls", delete(exchanges::reset_calls))
        .route("/paper", put(exchanges::set_canned).delete(exchanges::clear_canned))
        .route("/turnstile", put(turnstile::set))
        .route("/turnstile/v0/api.js", get(turnstile::script))
        .route("/turnstile/widget", get(turnstile::widget))
        .route("/breaches", put(breaches::steal).delete(breaches::reset))
        .route("/breaches/answer", put(breaches::set_canned).delete(breaches::clear_canned))
        .route("/breaches/asked.json", get(breaches::asked_json))
        .route("/kyc", get(identity::page).post(identity::send))
        .route("/kyc.json", get(identity::json))
        .with_state(play)
}
