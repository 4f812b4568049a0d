//! `GET /auth/ui/…`: the pages behind mailed links, and the one that has such a link mailed.

use axum::{
    extract::State,
    http::{HeaderName, HeaderValue, header},
    response::{Html, IntoResponse, Response},
};
use shared::http::{Content, Operation};

use crate::state::Auth;

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
