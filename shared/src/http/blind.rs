//! Requests that a page of another site makes its visitors' browsers send. A browser asks first, by a preflight, before it lets such a page
//! send JSON; but not where the page sends it without a type and does without the answer. Nobody needs that, and whoever is made to send it
//! would be counted for it: as a client that asks too often, or that tries a list of passwords.

use axum::{extract::Request, http::HeaderMap, middleware::Next, response::Response};

use crate::error;

/// Turns such requests away before anything is counted. Browsers write these headers themselves, and programs do not send them.
pub(super) async fn refused(request: Request, next: Next) -> Response {
    if !request.method().is_safe() && is_blind(request.headers()) {
        return error::forbidden();
    }
    next.run(request).await
}

fn is_blind(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    text("sec-fetch-site") == Some("cross-site") && text("sec-fetch-mode").is_some_and(|mode| mode != "cors")
}
