//! What can go wrong outside of a business rule, and the only table from errors to HTTP.

use std::{borrow::Cow, fmt, fmt::Write, net::IpAddr, panic::Location};

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use compat::validation::{FieldError, Flaw};
use schemars::JsonSchema;
use serde::Serialize;

use crate::caller::{
    authentication::{Aal, FRESH},
    scope::Scope,
};

/// Seconds after which a client may try again when something we depend on is down.
const RETRY_AFTER: HeaderValue = HeaderValue::from_static("5");

/// Seconds after which a client may try again when others were quicker: they are done by then.
const RETRY_SOON: HeaderValue = HeaderValue::from_static("1");

/// Why a request gets no answer of its handler's. Causes go to the log, never to the client.
#[derive(Debug)]
pub enum Error {
    /// No bearer token, or something that is none.
    NotAuthenticated,
    /// A bearer token that is forged, expired or revoked.
    InvalidToken,
    /// A living token that does not allow this.
    InsufficientScope(Scope),
    /// A living token that is not good from this address, or from nowhere in particular.
    ForeignNetwork(Option<IpAddr>),
    /// A living session whose owner has to prove again, at this level, who they are.
    StepUpRequired(Aal),
    /// A signature or a token that does not prove who sends this.
    InvalidSignature,
    /// What the caller has none of, whoever else may have it.
    NotFound,
    /// Parts of the request break their rules: one entry each.
    Invalid(Vec<FieldError>),
    /// A body that cannot be decoded at all.
    UnreadableBody,
    /// A body over the limit.
    BodyTooLarge,
    /// A path and query over the limit.
    UriTooLong,
    /// What no gateway hands over.
    UnreadableEvent,
    /// A client that asks too often: again in so many seconds, at least one.
    TooManyRequests(i64),
    /// What there is of something for everybody is used up: again in so many seconds, at least one.
    UsedUp(i64),
    /// Something we depend on is down. Nothing was half-written.
    Unavailable(Cause),
    /// AWS asks for fewer calls; wherever something may be `Unavailable`, this may come instead. Nothing was half-written.
    Throttled(Cause),
    /// Others who wrote to the same rows were quicker until the time was up. Nothing was half-written.
    Contended(Cause),
    /// This installation is not set up for it. To clients it looks as if something were down.
    NotSetUp(Cause),
    /// A bug or a misconfiguration.
    Internal(Cause),
}

/// Why something went wrong, for the log: a text that is free of personal data, and the place in the code where that was noticed.
#[derive(Clone)]
pub struct Cause {
    text: String,
    place: &'static Location<'static>,
}

impl Cause {
    /// This text, noticed where this is called.
    #[must_use]
    #[track_caller]
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), place: Location::caller() }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}:{})", self.text, self.place.file(), self.place.line())
    }
}

impl fmt::Debug for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Error {
    /// A bug or a misconfiguration, with a cause for the log, free of personal data.
    #[must_use]
    #[track_caller]
    pub fn internal(cause: impl Into<String>) -> Self {
        Self::Internal(Cause::new(cause))
    }

    /// Something we depend on is down, with a cause for the log, free of personal data.
    #[must_use]
    #[track_caller]
    pub fn unavailable(cause: impl Into<String>) -> Self {
        Self::Unavailable(Cause::new(cause))
    }

    /// This error, noticed at `place`: for functions that do something in their caller's name.
    #[must_use]
    pub(crate) fn at(mut self, place: &'static Location<'static>) -> Self {
        match &mut self {
            Self::Unavailable(cause)
            | Self::Throttled(cause)
            | Self::Contended(cause)
            | Self::NotSetUp(cause)
            | Self::Internal(cause) => cause.place = place,
            Self::NotAuthenticated
            | Self::InvalidToken
            | Self::InsufficientScope(_)
            | Self::ForeignNetwork(_)
            | Self::StepUpRequired(_)
            | Self::InvalidSignature
            | Self::NotFound
            | Self::Invalid(_)
            | Self::UnreadableBody
            | Self::BodyTooLarge
            | Self::UriTooLong
            | Self::UnreadableEvent
            | Self::TooManyRequests(_)
            | Self::UsedUp(_) => {}
        }
        self
    }

    /// A field of the `body` or the `query` that breaks a rule which only a handler can check. Its value is not echoed.
    #[must_use]
    pub fn invalid(part: &'static str, field: &'static str, flaw: Flaw) -> Self {
        Self::Invalid(vec![FieldError::unechoed(part, field, flaw)])
    }

    /// Several fields of the `body` or the `query` that break rules which only a handler can check. Their values are not echoed.
    #[must_use]
    pub fn invalid_all(part: &'static str, broken: Vec<(&'static str, Flaw)>) -> Self {
        Self::Invalid(broken.into_iter().map(|(field, flaw)| FieldError::unechoed(part, field, flaw)).collect())
    }
}

/// The messages of an error and its sources, joined by `: `. Never `Debug`: it would print whole responses.
#[must_use]
pub fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let _ = write!(text, ": {cause}");
        source = cause.source();
    }
    text
}

/// The body of an error answer.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ErrorDetail")]
pub struct Detail {
    /// What went wrong, in English.
    pub detail: Cow<'static, str>,
}

/// The body of a 422. Serialised as it is: a detour by `serde_json::Value` would lose large integers and the order of keys.
#[derive(Serialize)]
struct Flaws {
    detail: Vec<FieldError>,
}

impl Error {
    /// What clients are told: the status and, except for [`Error::Invalid`], the text.
    #[must_use]
    pub const fn answer(&self) -> (StatusCode, &'static str) {
        match self {
            Self::NotAuthenticated => (StatusCode::UNAUTHORIZED, "Not authenticated"),
            Self::InvalidToken => (StatusCode::UNAUTHORIZED, "Invalid or expired token"),
            Self::InsufficientScope(_) => (StatusCode::FORBIDDEN, "Insufficient scope"),
            Self::ForeignNetwork(_) => (StatusCode::FORBIDDEN, "This token is not good from here"),
            Self::StepUpRequired(_) => (StatusCode::FORBIDDEN, "Confirm that it is you"),
            Self::InvalidSignature => (StatusCode::UNAUTHORIZED, "Invalid signature"),
            Self::NotFound => (StatusCode::NOT_FOUND, "Not Found"),
            Self::Invalid(_) => (StatusCode::UNPROCESSABLE_ENTITY, "Validation Error"),
            Self::UnreadableBody => (StatusCode::BAD_REQUEST, "There was an error parsing the body"),
            Self::BodyTooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "Request body too large"),
            Self::UriTooLong => (StatusCode::URI_TOO_LONG, "URI Too Long"),
            Self::UnreadableEvent => (StatusCode::BAD_REQUEST, "Bad Request"),
            Self::TooManyRequests(_) => (StatusCode::TOO_MANY_REQUESTS, "Too many requests"),
            Self::Unavailable(_) | Self::Throttled(_) | Self::Contended(_) | Self::NotSetUp(_) | Self::UsedUp(_) => {
                (StatusCode::SERVICE_UNAVAILABLE, "Service temporarily unavailable")
            }
            Self::Internal(_) => (StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error"),
        }
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let (status, text) = self.answer();
        let answer = detail(status, text);
        match self {
            Self::NotAuthenticated => with(answer, header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer")),
            Self::InvalidToken => {
                with(answer, header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer error=\"invalid_token\""))
            }
            Self::InsufficientScope(scope) => insufficient_scope(answer, scope),
            Self::ForeignNetwork(from) => foreign_network(status, from),
            Self::StepUpRequired(aal) => {
                tracing::info!(event = "step_up_required", aal = aal.as_str(), "a proof of late is asked for");
                step_up(aal, status)
            }
            Self::Invalid(detail) => (status, Json(Flaws { detail })).into_response(),
            Self::InvalidSignature
            | Self::NotFound
            | Self::UnreadableBody
            | Self::BodyTooLarge
            | Self::UriTooLong
            | Self::UnreadableEvent => answer,
            // Neither has failed: clients did that, and what turns them away says so in the log.
            Self::TooManyRequests(seconds) | Self::UsedUp(seconds) => {
                with(answer, header::RETRY_AFTER, HeaderValue::from(seconds))
            }
            Self::Unavailable(cause) => {
                tracing::warn!(%cause, "a dependency is unavailable");
                failed(with(answer, header::RETRY_AFTER, RETRY_AFTER))
            }
            // Load, and be it that of one user on one row: the same under every version.
            Self::Throttled(cause) => {
                tracing::warn!(%cause, "a dependency asks for fewer calls");
                with(answer, header::RETRY_AFTER, RETRY_AFTER)
            }
            Self::Contended(cause) => {
                tracing::warn!(event = "contended", %cause, "rows are contended");
                with(answer, header::RETRY_AFTER, RETRY_SOON)
            }
            Self::NotSetUp(cause) => {
                tracing::warn!(%cause, "not set up");
                with(answer, header::RETRY_AFTER, RETRY_AFTER)
            }
            Self::Internal(cause) => {
                tracing::error!(%cause, "internal error");
                failed(answer)
            }
        }
    }
}

/// The body of a refusal that a fresh proof would turn into a success.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "StepUpRequired")]
pub(crate) struct StepUp {
    /// Always false.
    success: bool,
    /// Why, in English.
    message: &'static str,
    /// What is needed.
    data: StepUpNeeded,
}

/// The proof that is needed.
#[derive(Serialize, JsonSchema)]
struct StepUpNeeded {
    /// Always `STEP_UP_REQUIRED`.
    code: &'static str,
    /// How sure it has to be: `aal1` by a password, `aal2` by a second factor.
    #[schemars(with = "String")]
    aal: Aal,
    /// How old it may be. Seconds.
    max_age: u64,
}

impl StepUp {
    /// That a proof of this level is needed.
    pub(crate) fn to(aal: Aal) -> Self {
        let (_, message) = Error::StepUpRequired(aal).answer();
        Self { success: false, message, data: StepUpNeeded { code: "STEP_UP_REQUIRED", aal, max_age: FRESH.as_secs() } }
    }
}

/// RFC 9470, but for its 401: clients answer that with a refresh, or sign out.
fn step_up(aal: Aal, status: StatusCode) -> Response {
    let answer = (status, Json(StepUp::to(aal))).into_response();
    let (aal, max_age) = (aal.as_str(), FRESH.as_secs());
    let challenge =
        format!(r#"Bearer error="insufficient_user_authentication", acr_values="{aal}", max_age="{max_age}""#);
    match HeaderValue::try_from(challenge) {
        Ok(challenge) => with(answer, header::WWW_AUTHENTICATE, challenge),
        Err(_) => answer,
    }
}

/// RFC 6750, 3.1.
fn insufficient_scope(answer: Response, scope: Scope) -> Response {
    let challenge = format!(r#"Bearer error="insufficient_scope", scope="{}""#, scope.as_str());
    match HeaderValue::try_from(challenge) {
        Ok(challenge) => with(answer, header::WWW_AUTHENTICATE, challenge),
        Err(_) => answer,
    }
}

/// It names the address that was seen: whoever has the token mends its networks by it.
fn foreign_network(status: StatusCode, from: Option<IpAddr>) -> Response {
    let (_, text) = Error::ForeignNetwork(from).answer();
    let seen = from.map_or_else(|| "an unknown address".to_owned(), |from| from.to_canonical().to_string());
    detail(status, format!("{text}: {seen}"))
}

/// Marks an answer of 5xx for which the version that gave it may be to blame: not an exchange that is down, and nothing that a
/// stranger can bring about.
#[derive(Clone, Copy)]
pub(crate) struct Failed;

fn failed(mut answer: Response) -> Response {
    answer.extensions_mut().insert(Failed);
    answer
}

/// Whoever does not come through what stands before this API.
pub(crate) fn forbidden() -> Response {
    detail(StatusCode::FORBIDDEN, "Forbidden")
}

/// 404, for a path that nothing is at.
#[must_use]
pub fn not_found() -> Response {
    detail(StatusCode::NOT_FOUND, "Not Found")
}

/// 405, naming the method that the path is documented with.
pub(crate) fn method_not_allowed(allow: &'static str) -> Response {
    let answer = detail(StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed");
    with(answer, header::ALLOW, HeaderValue::from_static(allow))
}

/// 307 to the same address with the trailing slash that it lacks, or without the one too many.
pub(crate) fn redirect(location: HeaderValue) -> Response {
    with(StatusCode::TEMPORARY_REDIRECT.into_response(), header::LOCATION, location)
}

fn detail(status: StatusCode, text: impl Into<Cow<'static, str>>) -> Response {
    (status, Json(Detail { detail: text.into() })).into_response()
}

fn with(mut answer: Response, name: header::HeaderName, value: HeaderValue) -> Response {
    answer.headers_mut().insert(name, value);
    answer
}
