//! Requests that a page of another site makes its visitors' browsers send. A browser asks first, by a preflight, before it lets such a page
//! send JSON; but not where the page sends it without a type and does without the answer. Nobody needs that, and whoever is made to send it
//! would be counted for it: as a client that asks too often, or that tries a list of passwords.

use axum::extract::Request;

/// Whether a request is one of these, to be turned away before anything is counted. Browsers write the headers themselves that tell it, and
/// programs do not send them.
pub(super) fn is_blind(request: &Request) -> bool {
    let text = |name| request.headers().get(name).and_then(|value| value.to_str().ok());
    !request.method().is_safe()
        && text("sec-fetch-site") == Some("cross-site")
        && text("sec-fetch-mode").is_some_and(|mode| mode != "cors")
}
