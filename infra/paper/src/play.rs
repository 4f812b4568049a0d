//! The play, and its place at the address of the local AWS.

use std::sync::Arc;

use axum::Router;
use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};

use crate::{Breaches, Paper, Reporter, Turnstile, pages};

/// Bytes. No request to anybody comes near it.
const BODY_LIMIT: usize = 1024 * 1024;

/// Everybody who is played.
pub struct Play {
    pub(crate) paper: Paper,
    pub(crate) breaches: Breaches,
    /// Plays the identity providers; none without their secrets.
    pub(crate) reporter: Option<Reporter>,
    pub(crate) turnstile: Turnstile,
}

impl Play {
    /// The paper exchange, who knows stolen passwords, who tells people from programs, and the identity providers if their secrets are
    /// known.
    #[must_use]
    pub fn new(paper: Paper, reporter: Option<Reporter>) -> Arc<Self> {
        Arc::new(Self { paper, reporter, breaches: Breaches::default(), turnstile: Turnstile::default() })
    }

    /// The paper exchange.
    #[must_use]
    pub fn paper(&self) -> &Paper {
        &self.paper
    }

    /// Who knows stolen passwords.
    #[must_use]
    pub fn breaches(&self) -> &Breaches {
        &self.breaches
    }

    /// Who tells people from programs.
    #[must_use]
    pub fn turnstile(&self) -> &Turnstile {
        &self.turnstile
    }

    /// What answers at one address: `aws` with the pages of the play beside it. Requests to who is played come to neither.
    pub fn around(self: Arc<Self>, aws: Router) -> Router {
        aws.merge(pages::router(Arc::clone(&self))).layer(from_fn_with_state(self, played_first))
    }
}

/// Passes requests to somebody who is played on to who plays him, whatever their path.
async fn played_first(State(play): State<Arc<Play>>, request: Request, next: Next) -> Response {
    let (headers, uri) = (request.headers(), request.uri());
    let exchange = play.paper.addressee(headers, uri);
    let (is_of_breaches, is_of_turnstile) =
        (Breaches::is_addressee(headers, uri), Turnstile::is_addressee(headers, uri));
    if exchange.is_none() && !is_of_breaches && !is_of_turnstile {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, BODY_LIMIT).await else { return StatusCode::PAYLOAD_TOO_LARGE.into_response() };
    match exchange {
        Some(exchange) => play.paper.answer(exchange, &parts, &body).await,
        None if is_of_breaches => play.breaches.answer(&parts, &body).await,
        None => play.turnstile.answer(&parts.method, &parts.uri, &body),
    }
}
