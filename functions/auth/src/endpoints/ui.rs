//! `GET /auth/ui/…`: the pages behind mailed links, the one that has such a link mailed, that of an account, and what they have solve
//! challenges. They change nothing: that is what their buttons are for.

use std::convert::Infallible;

use axum::{
    extract::{FromRequestParts, State},
    http::{HeaderName, HeaderValue, header, request::Parts},
    response::{Html, IntoResponse, Response},
};
use schemars::json_schema;
use shared::{
    http::{Content, Operation, Parameter},
    language::{Accepted, Language},
};

use crate::{
    pages::{PROOF, Page},
    state::Auth,
};

/// The language of a page: that of `?lang=`, which mailed links have, else the best one that the browser asks for.
pub struct Spoken(Language);

impl FromRequestParts<Auth> for Spoken {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, auth: &Auth) -> Result<Self, Infallible> {
        let query = parts.uri.query().unwrap_or_default().as_bytes();
        let mut pairs = url::form_urlencoded::parse(query);
        let named = pairs.find(|(name, _)| name == "lang").and_then(|(_, code)| Language::of_code(&code));
        let languages = &auth.config.languages;
        let accepted = Accepted::from_request_parts(parts, auth).await?;
        let language = named.or_else(|| accepted.best_of(languages)).unwrap_or_default();
        Ok(Self(languages.instead_of(language)))
    }
}

/// Lets a person prove an address.
pub async fn verify_email(State(auth): State<Auth>, spoken: Spoken) -> Response {
    send(&auth, Page::VerifyEmail, &spoken)
}

/// Lets a person prove the address that an account is to have.
pub async fn confirm_email(State(auth): State<Auth>, spoken: Spoken) -> Response {
    send(&auth, Page::ConfirmEmail, &spoken)
}

/// Lets the owner of an account undo what somebody else has done to it.
pub async fn not_me(State(auth): State<Auth>, spoken: Spoken) -> Response {
    send(&auth, Page::NotMe, &spoken)
}

/// Lets the owner of an account keep it.
pub async fn keep_account(State(auth): State<Auth>, spoken: Spoken) -> Response {
    send(&auth, Page::KeepAccount, &spoken)
}

/// Lets a person ask for a link that sets a new password.
pub async fn forgot_password(State(auth): State<Auth>, spoken: Spoken) -> Response {
    send(&auth, Page::ForgotPassword, &spoken)
}

/// Lets a person choose a password.
pub async fn reset_password(State(auth): State<Auth>, spoken: Spoken) -> Response {
    send(&auth, Page::ResetPassword, &spoken)
}

/// Lets a person see and change the own account.
pub async fn account(State(auth): State<Auth>, spoken: Spoken) -> Response {
    send(&auth, Page::Account, &spoken)
}

/// Lets a person see and change the second factors of the own account.
pub async fn security(State(auth): State<Auth>, spoken: Spoken) -> Response {
    send(&auth, Page::Security, &spoken)
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

pub fn document_confirm_email() -> Operation {
    page("confirm_email_page", "The page behind a mailed link: its button gives an account its new address.")
}

pub fn document_not_me() -> Operation {
    page("not_me_page", "The page behind a mailed link: its button takes an account back from somebody else.")
}

pub fn document_keep_account() -> Operation {
    page("keep_account_page", "The page behind a mailed link: its button keeps an account that is to be deleted.")
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

pub fn document_account() -> Operation {
    page(
        "account_page",
        "The page of an account: its forms sign in, show sessions and events, change password, address and language, fetch all that is \
         known, and delete the account. Tokens stay in the memory of the page.",
    )
}

pub fn document_security() -> Operation {
    page(
        "security_page",
        "The page of an account, from its second factors on: its forms add and remove an authenticator app and passkeys, and make recovery \
         codes anew.",
    )
}

pub fn document_proof() -> Operation {
    Operation::new("proof_of_work_script", "What the pages have solve challenges of work.").tag("Accounts").other(
        200,
        "The script",
        Content::Text("text/javascript; charset=utf-8"),
    )
}

fn page(name: &'static str, description: &'static str) -> Operation {
    let schema = json_schema!({
        "type": "string",
        "examples": Language::ALL.map(Language::code),
        "description": "The language of the page, by its code. Where there is none, or no such language, the best one of Accept-Language.",
    });
    let mut operation = Operation::new(name, description).tag("Accounts");
    operation.parameters.push(Parameter { name: "lang", place: "query", required: false, schema });
    operation.other(200, "The page", Content::Text("text/html; charset=utf-8"))
}

fn send(auth: &Auth, page: Page, Spoken(language): &Spoken) -> Response {
    let headers: [(HeaderName, &'static str); 5] = [
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-store"),
        (header::CONTENT_LANGUAGE, language.code()),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
    ];
    let mut answer = (headers, Html(auth.pages.html(page, *language))).into_response();
    if let Ok(policy) = HeaderValue::from_str(&auth.pages.policy) {
        answer.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    answer
}
