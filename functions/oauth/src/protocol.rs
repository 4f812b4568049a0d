//! Requests and refusals as OAuth 2.0 has them: forms come in, and an error is a word and a sentence (RFC 6749, 5.2).

use std::collections::BTreeMap;

use axum::{
    Json,
    extract::{FromRequest, Request},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use http_body_util::{BodyExt, Limited};
use schemars::JsonSchema;
use serde::Serialize;
use shared::error::Error;
use zeroize::Zeroizing;

use crate::limits::MOST_OF_A_FORM;

/// What a client sends: its parameters, each once, and none that is empty.
pub struct Form(BTreeMap<String, Zeroizing<String>>);

/// Why a request gets no answer of its handler's.
pub enum ProtocolError {
    /// It breaks a rule of the protocol: which, in English.
    Invalid(&'static str),
    /// Its body is over the limit.
    TooLarge,
    /// Anything else.
    Failed(Error),
}

/// Why a request is refused.
#[derive(Serialize, JsonSchema)]
pub struct OAuthError {
    /// The word for it.
    error: ErrorCode,
    /// What is wrong, in English.
    error_description: &'static str,
}

/// The words of the protocol.
#[derive(Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "OAuthErrorCode")]
enum ErrorCode {
    /// The request is malformed.
    InvalidRequest,
    /// Something that this depends on is down; `Retry-After` says when to try again.
    TemporarilyUnavailable,
}

impl OAuthError {
    /// A request that breaks a rule.
    pub const fn invalid(error_description: &'static str) -> Self {
        Self { error: ErrorCode::InvalidRequest, error_description }
    }

    /// One that has to wait.
    pub const fn unavailable() -> Self {
        Self { error: ErrorCode::TemporarilyUnavailable, error_description: "Service temporarily unavailable" }
    }
}

impl Form {
    /// A parameter, given up.
    ///
    /// # Errors
    /// `Invalid` with `missing`, where it is not there.
    pub fn take(&mut self, name: &str, missing: &'static str) -> Result<Zeroizing<String>, ProtocolError> {
        self.0.remove(name).ok_or(ProtocolError::Invalid(missing))
    }

    /// Of a body. A parameter without a value counts as not there; one that comes twice is an error, whatever it is (RFC 6749, 3.2).
    fn read(body: &[u8]) -> Result<Self, ProtocolError> {
        let mut parameters = BTreeMap::new();
        for (name, value) in url::form_urlencoded::parse(body) {
            if parameters.insert(name.into_owned(), Zeroizing::new(value.into_owned())).is_some() {
                return Err(ProtocolError::Invalid("A parameter comes twice"));
            }
        }
        parameters.retain(|_, value| !value.is_empty());
        Ok(Self(parameters))
    }
}

impl<S: Send + Sync> FromRequest<S> for Form {
    type Rejection = ProtocolError;

    async fn from_request(request: Request, _: &S) -> Result<Self, ProtocolError> {
        let (parts, body) = request.into_parts();
        let body = Limited::new(body, MOST_OF_A_FORM).collect().await.map_err(|_| ProtocolError::TooLarge)?;
        if !is_form(&parts.headers) {
            return Err(ProtocolError::Invalid("The body must be application/x-www-form-urlencoded"));
        }
        Self::read(&body.to_bytes())
    }
}

fn is_form(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let essence = kind.split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/x-www-form-urlencoded")
}

impl From<Error> for ProtocolError {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl IntoResponse for ProtocolError {
    fn into_response(self) -> Response {
        match self {
            Self::Invalid(reason) => (StatusCode::BAD_REQUEST, Json(OAuthError::invalid(reason))).into_response(),
            Self::TooLarge => {
                let (status, reason) = Error::BodyTooLarge.answer();
                (status, Json(OAuthError::invalid(reason))).into_response()
            }
            Self::Failed(error) => {
                let answer = error.into_response();
                if answer.status() == StatusCode::SERVICE_UNAVAILABLE { worded(answer) } else { answer }
            }
        }
    }
}

/// The answer of the house, with what it says of when to try again, in the words of the protocol.
fn worded(answer: Response) -> Response {
    let (mut parts, _) = answer.into_parts();
    parts.headers.remove(header::CONTENT_LENGTH);
    (parts, Json(OAuthError::unavailable())).into_response()
}
