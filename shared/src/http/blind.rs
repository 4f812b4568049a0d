//! Requests that a page of another site makes its visitors' browsers send. A browser asks first, by a preflight, before such a page may send
//! JSON or credentials; but not where what it sends has no type, and we take that for JSON. No front end does so, and whoever is made to
//! send it would be counted for it: as a client that asks too often, or that tries a list of passwords.

use axum::{extract::Request, http::header};

/// Whether a request is one of these, to be turned away before anything is counted. Browsers write the headers themselves that tell it, and
/// programs do not send them.
pub(super) fn is_blind(request: &Request) -> bool {
    let headers = request.headers();
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let was_asked_first = text("sec-fetch-mode") == Some("cors")
        && (headers.contains_key(header::CONTENT_TYPE) || headers.contains_key(header::AUTHORIZATION));
    !request.method().is_safe() && text("sec-fetch-site") == Some("cross-site") && !was_asked_first
}
