//! The play, and its place at the address of the local AWS.

use std::sync::Arc;

use axum::Router;
use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};

use crate::{Paper, Reporter, pages};

/// Bytes. No request to an exchange comes near it.
const BODY_LIMIT: usize = 1024 * 1024;

/// Everybody who is played.
pub struct Play {
    pub(crate) paper: Paper,
    /// Plays the identity providers; none without their secrets.
    pub(crate) reporter: Option<Reporter>,
}

impl Play {
    /// The paper exchange, and the identity providers if their secrets are known.
    #[must_use]
    pub fn new(paper: Paper, reporter: Option<Reporter>) -> Arc<Self> {
        Arc::new(Self { paper, reporter })
    }

    /// The paper exchange.
    #[must_use]
    pub fn paper(&self) -> &Paper {
        &self.paper
    }

    /// What answers at one address: `aws` with the pages of the play beside it. Requests to exchanges come to neither.
    pub fn around(self: Arc<Self>, aws: Router) -> Router {
        aws.merge(pages::router(Arc::clone(&self))).layer(from_fn_with_state(self, exchanges_first))
    }
}

/// Passes requests to an exchange on to the paper exchange, whatever their path.
async fn exchanges_first(State(play): State<Arc<Play>>, request: Request, next: Next) -> Response {
    let Some(addressee) = play.paper.addressee(request.headers(), request.uri()) else {
        return next.run(request).await;
    };
    let (parts, body) = request.into_parts();
    match to_bytes(body, BODY_LIMIT).await {
        Ok(body) => play.paper.answer(addressee, &parts, &body).await,
        Err(_) => StatusCode::PAYLOAD_TOO_LARGE.into_response(),
    }
}
