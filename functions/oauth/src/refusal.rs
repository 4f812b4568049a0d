//! Why something is refused in the shape of the house: the words for it, and its HTTP status.

use std::sync::LazyLock;

use axum::{
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use schemars::JsonSchema;
use serde::Serialize;
use shared::{error::Error, http::Reply, switches::VAULT_FROZEN};

use crate::limits::MOST_TOKENS;

/// What an account is told that has as many tokens as it may have.
static FULL: LazyLock<String> =
    LazyLock::new(|| format!("No more than {MOST_TOKENS} tokens can be had: end one first"));

/// A request about a token that is refused while things are as they are.
#[derive(Serialize, JsonSchema)]
pub struct TokenRefusal {
    /// Always false.
    success: bool,
    /// Why, in English.
    message: &'static str,
    /// Why, for programs.
    data: RefusalReason,
}

/// What programs are told of a refusal.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "TokenRefusalReason")]
struct RefusalReason {
    /// The word for it.
    code: RefusalCode,
}

/// The word for a refusal.
#[derive(Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[schemars(rename = "TokenRefusalCode")]
enum RefusalCode {
    /// There is no such token of the caller's.
    TokenNotFound,
    /// The vault shows nothing for a while, for somebody may have got at the account; `Retry-After` says for how long.
    VaultFrozen,
    /// The account has as many tokens as it may have.
    TooManyTokens,
}

/// What stands in the way of a request.
#[derive(Clone, Copy)]
pub enum Reason {
    /// No such token of the caller's. Somebody else's is no such token.
    NotFound,
    /// Somebody may have got at the account of late: nothing that leads to secrets is made for so many seconds, at least one.
    Frozen(i64),
    /// The caller has as many tokens as anybody may have.
    Full,
}

/// Why a request gets no answer of its handler's.
pub enum Refusal {
    /// While things are as they are.
    For(Reason),
    /// Anything else.
    Failed(Error),
}

impl Reason {
    /// The answer's text.
    pub fn message(self) -> &'static str {
        match self {
            Self::NotFound => "Token not found",
            Self::Frozen(_) => VAULT_FROZEN,
            Self::Full => &FULL,
        }
    }

    /// The word for it in the log.
    pub const fn word(self) -> &'static str {
        match self {
            Self::NotFound => "token_not_found",
            Self::Frozen(_) => "vault_frozen",
            Self::Full => "too_many_tokens",
        }
    }

    /// The answer's body.
    pub fn body(self) -> TokenRefusal {
        let code = match self {
            Self::NotFound => RefusalCode::TokenNotFound,
            Self::Frozen(_) => RefusalCode::VaultFrozen,
            Self::Full => RefusalCode::TooManyTokens,
        };
        TokenRefusal { success: false, message: self.message(), data: RefusalReason { code } }
    }
}

impl From<Reason> for Refusal {
    fn from(reason: Reason) -> Self {
        Self::For(reason)
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let reason = match self {
            Self::For(reason) => reason,
            Self::Failed(error) => return error.into_response(),
        };
        let body = reason.body();
        match reason {
            Reason::NotFound => Reply::not_found(body).into_response(),
            Reason::Full => Reply::conflict(body).into_response(),
            Reason::Frozen(seconds) => {
                Reply::conflict(body).header(header::RETRY_AFTER, HeaderValue::from(seconds)).into_response()
            }
        }
    }
}
