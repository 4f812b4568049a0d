//! Why something about second factors is refused: the words for it, and its HTTP status.

use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use schemars::JsonSchema;
use serde::Serialize;
use shared::{
    error::Error,
    http::{Operation, Reply},
};

use crate::{endpoints::auth_response::LOCKED, factors::change::NotChanged};

/// An answer, or why there is none.
pub type Replied<T> = Result<Reply<T>, Refusal>;

/// A request that is refused while things are as they are.
#[derive(Serialize, JsonSchema)]
pub struct MfaRefusal {
    /// Always false.
    success: bool,
    /// Why, in English.
    message: &'static str,
    /// Why, for programs.
    data: MfaRefusalReason,
}

/// What programs are told of a refusal.
#[derive(Serialize, JsonSchema)]
struct MfaRefusalReason {
    /// The word for it.
    code: RefusalCode,
}

/// The word for a refusal.
#[derive(Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[schemars(rename = "MfaRefusalCode")]
enum RefusalCode {
    /// The code is another than the app should show.
    WrongCode,
    /// Setting up the app has taken too long, or is done.
    EnrolmentExpired,
    /// What the browser says of the passkey is not what it was asked for.
    PasskeyRefused,
    /// The passkey is somebody's already.
    PasskeyKnown,
    /// The account has as many passkeys as it may have.
    TooManyPasskeys,
    /// The account has no such factor.
    FactorNotFound,
    /// The account has no second factors.
    NoFactors,
    /// What was shown proves nothing.
    NotConfirmed,
    /// Too many were tried; `Retry-After` says for how long none is looked at.
    TooManyRequests,
}

/// Why a request is refused, in words for its caller.
pub enum Refusal {
    /// The code is wrong.
    WrongCode,
    /// The enrolment is over.
    EnrolmentExpired,
    /// The passkey is not what was asked for.
    PasskeyRefused,
    /// The passkey is known.
    PasskeyKnown,
    /// There are ten passkeys.
    TooManyPasskeys,
    /// No such factor of the caller's. Somebody else's is no such factor.
    NotFound,
    /// There are no factors.
    NoFactors,
    /// It proves nothing.
    NotConfirmed,
    /// Nothing is looked at for so many seconds.
    Locked(i64),
    /// Anything else.
    Failed(Error),
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl From<NotChanged> for Refusal {
    fn from(not: NotChanged) -> Self {
        match not {
            NotChanged::WrongCode => Self::WrongCode,
            NotChanged::Expired => Self::EnrolmentExpired,
            NotChanged::Refused(_) => Self::PasskeyRefused,
            NotChanged::Known => Self::PasskeyKnown,
            NotChanged::TooMany => Self::TooManyPasskeys,
            NotChanged::Missing => Self::NotFound,
        }
    }
}

impl Refusal {
    const fn code(&self) -> RefusalCode {
        match self {
            Self::WrongCode => RefusalCode::WrongCode,
            Self::EnrolmentExpired => RefusalCode::EnrolmentExpired,
            Self::PasskeyRefused => RefusalCode::PasskeyRefused,
            Self::PasskeyKnown => RefusalCode::PasskeyKnown,
            Self::TooManyPasskeys => RefusalCode::TooManyPasskeys,
            Self::NotFound => RefusalCode::FactorNotFound,
            Self::NoFactors => RefusalCode::NoFactors,
            Self::NotConfirmed | Self::Failed(_) => RefusalCode::NotConfirmed,
            Self::Locked(_) => RefusalCode::TooManyRequests,
        }
    }

    const fn message(&self) -> &'static str {
        match self {
            Self::WrongCode => "The code is wrong",
            Self::EnrolmentExpired => "Setting up the app has taken too long: begin again",
            Self::PasskeyRefused => "The passkey was not accepted",
            Self::PasskeyKnown => "This passkey is in use already",
            Self::TooManyPasskeys => "No more than 10 passkeys can be added: remove one first",
            Self::NotFound => "There is no such factor",
            Self::NoFactors => "There are no second factors",
            Self::NotConfirmed | Self::Failed(_) => "This does not prove that it is you",
            Self::Locked(_) => LOCKED,
        }
    }

    /// The answer's body.
    #[must_use]
    pub const fn body(&self) -> MfaRefusal {
        MfaRefusal { success: false, message: self.message(), data: MfaRefusalReason { code: self.code() } }
    }

    const fn status(&self) -> StatusCode {
        match self {
            Self::WrongCode | Self::EnrolmentExpired | Self::PasskeyRefused => StatusCode::BAD_REQUEST,
            Self::NotConfirmed | Self::Failed(_) => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::PasskeyKnown | Self::TooManyPasskeys | Self::NoFactors => StatusCode::CONFLICT,
            Self::Locked(_) => StatusCode::TOO_MANY_REQUESTS,
        }
    }

    /// Says in the document that an operation may be refused like this.
    #[must_use]
    pub fn of(self, operation: Operation) -> Operation {
        operation.answer(self.status().as_u16(), self.message(), &self.body())
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        match self {
            Self::Failed(error) => error.into_response(),
            Self::Locked(seconds) => Reply::too_many_requests(self.body(), seconds).into_response(),
            refusal => (refusal.status(), Json(refusal.body())).into_response(),
        }
    }
}
