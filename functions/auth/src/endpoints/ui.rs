//! `GET /auth/ui/…`: the pages behind mailed links, the one that has such a link mailed, and what they have solve challenges.

use axum::{
    extract::State,
    http::{HeaderName, HeaderValue, header},
    response::{Html, IntoResponse, Response},
};
use shared::http::{Content, Operation};

use crate::{pages::PROOF, state::Auth};

/// Lets a person prove an address.
pub async fn verify_email(State(auth): State<Auth>) -> Response {
    send(&auth.pages.verify_email, &auth.pages.policy)
}

/// Lets a person ask for a link that sets a new password.
pub async fn forgot_password(State(auth): State<Auth>) -> Response {
    send(&auth.pages.forgot_password, &auth.pages.policy)
}

/// Lets a person choose a password.
pub async fn reset_password(State(auth): State<Auth>) -> Response {
    send(&auth.pages.reset_password, &auth.pages.policy)
}

/// What pages have solve challenges of work. It has a policy of its own, for a worker has not that of its page. It is the same for all
/// and wanted while somebody attacks, so whoever stands before us may keep it for an hour.
pub async fn proof() -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/javascript; charset=utf-8"),
        (header::CACHE_CONTROL, "public, max-age=3600"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'"),
    ];
    (headers, PROOF).into_response()
}

pub fn document_verify_email() -> Operation {
    page("verify_email_page", "The page behind a mailed link: its button proves the address, or asks for a new link.")
}

pub fn document_forgot_password() -> Operation {
    page(
        "forgot_password_page",
        "The page for who has forgotten a password: its form has a link mailed that sets a new one.",
    )
}

pub fn document_reset_password() -> Operation {
    page("reset_password_page", "The page behind a mailed link: its form sets the password, or asks for a new link.")
}

pub fn document_proof() -> Operation {
    Operation::new("proof_of_work_script", "What the pages have solve challenges of work.").tag("Accounts").other(
        200,
        "The script",
        Content::Text("text/javascript; charset=utf-8"),
    )
}

fn page(name: &'static str, description: &'static str) -> Operation {
    Operation::new(name, description).tag("Accounts").other(200, "The page", Content::Text("text/html; charset=utf-8"))
}

fn send(page: &str, policy: &str) -> Response {
    let headers: [(HeaderName, &'static str); 4] = [
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
    ];
    let mut answer = (headers, Html(page.to_owned())).into_response();
    if let Ok(policy) = HeaderValue::from_str(policy) {
        answer.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    answer
}
