//! Requests and refusals as OAuth 2.0 has them: forms come in, and an error is a word and a sentence (RFC 6749, 5.2).

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

/// What a client sends: names and values. Those that nobody asks for are ignored, whatever they are.
pub struct Form(Vec<(String, Zeroizing<String>)>);

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
    /// A parameter, if it is there. One without a value counts as not there (RFC 6749, 3.2).
    ///
    /// # Errors
    /// `Invalid` where it comes twice.
    pub fn parameter(&self, name: &str) -> Result<Option<&str>, ProtocolError> {
        let mut values = self.0.iter().filter(|(other, _)| other == name).map(|(_, value)| value.as_str());
        let value = values.next().filter(|value| !value.is_empty());
        if values.next().is_some() { Err(ProtocolError::Invalid("A parameter comes twice")) } else { Ok(value) }
    }

    fn read(body: &[u8]) -> Self {
        let parameters = url::form_urlencoded::parse(body);
        Self(parameters.map(|(name, value)| (name.into_owned(), Zeroizing::new(value.into_owned()))).collect())
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
        Ok(Self::read(&body.to_bytes()))
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
