//! `GET /auth/ui/…`: the pages behind mailed links. They are static; only their buttons do anything, so a mail scanner that opens a
//! link cannot use it up.

use aws_lc_rs::digest;
use axum::{
    extract::State,
    http::{HeaderName, HeaderValue, header},
    response::{Html, IntoResponse, Response},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use shared::http::{Content, Operation};

use crate::state::Auth;

const STYLE: &str = include_str!("ui/page.css");
const SCRIPT: &str = include_str!("ui/page.js");

/// The pages as they are sent.
pub struct Pages {
    verify_email: String,
    reset_password: String,
    policy: String,
}

impl Pages {
    /// In the name of `product`.
    #[must_use]
    pub fn new(product: &str) -> Self {
        let page = |html: &str| {
            html.replace("{{product}}", &escape(product))
                .replace("<!--style-->", &format!("<style>{STYLE}</style>"))
                .replace("<!--script-->", &format!("<script>{SCRIPT}</script>"))
        };
        Self {
            verify_email: page(include_str!("ui/verify-email.html")),
            reset_password: page(include_str!("ui/reset-password.html")),
            policy: policy(),
        }
    }
}

/// Lets a person prove an address.
pub async fn verify_email(State(auth): State<Auth>) -> Response {
    send(&auth.pages.verify_email, &auth.pages.policy)
}

/// Lets a person choose a password.
pub async fn reset_password(State(auth): State<Auth>) -> Response {
    send(&auth.pages.reset_password, &auth.pages.policy)
}

/// What the OpenAPI document says of it.
pub fn verify_email_operation() -> Operation {
    page("verify_email_page", "The page behind a mailed link: its button proves the address, or asks for a new link.")
}

/// What the OpenAPI document says of it.
pub fn reset_password_operation() -> Operation {
    page("reset_password_page", "The page behind a mailed link: its form sets the password.")
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

/// Nothing may be loaded or run but our own style and script, named by their hashes.
fn policy() -> String {
    let hash = |text: &str| BASE64_STANDARD.encode(digest::digest(&digest::SHA256, text.as_bytes()));
    format!(
        "default-src 'none'; script-src 'sha256-{}'; style-src 'sha256-{}'; connect-src 'self'; base-uri 'none'; \
         form-action 'none'; frame-ancestors 'none'",
        hash(SCRIPT),
        hash(STYLE)
    )
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
