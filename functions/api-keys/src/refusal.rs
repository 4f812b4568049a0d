//! Why a call is refused: the words for it in answers and in the list of accesses, and its HTTP status.

use std::sync::LazyLock;

use axum::{
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use schemars::JsonSchema;
use serde::Serialize;
use shared::{error::Error, http::Reply, switches::VAULT_FROZEN};

use crate::{
    exchanges::ConnectionStatus,
    limits::{MOST_KEYS, MOST_LEFT},
};

/// What an account is told that has as many keys as it may have.
static FULL: LazyLock<String> =
    LazyLock::new(|| format!("No more than {MOST_KEYS} API keys can be stored: delete one first"));

/// What is told of a key that has had too many credentials.
static TOO_MANY_BLOCKED: LazyLock<String> = LazyLock::new(|| {
    format!("This API key has had more than {MOST_LEFT} credentials that can send funds out of the account: delete it")
});

/// A request that is refused while things are as they are.
#[derive(Serialize, JsonSchema)]
pub struct ApiKeyRefusal {
    /// Always false.
    success: bool,
    /// Why, in English.
    message: &'static str,
    /// Why, for programs.
    data: RefusalReason,
}

/// What programs are told of a refusal.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ApiKeyRefusalReason")]
struct RefusalReason {
    /// The word for it.
    code: RefusalCode,
}

/// The word for a refusal.
#[derive(Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[schemars(rename = "ApiKeyRefusalCode")]
pub enum RefusalCode {
    /// There is no such key of the account's, or none that the token is good for.
    KeyNotFound,
    /// Keys can be stored once the caller's identity has been proven.
    KycRequired,
    /// Keys can be stored and shown once the account has a second factor.
    MfaRequired,
    /// The token is good for chosen keys alone, so it adds none.
    OnlyChosenKeys,
    /// Its owner has switched the key off.
    KeyDisabled,
    /// The key can send funds out of the account.
    KeyCanWithdraw,
    /// The vault shows nothing for a while, for somebody may have got at the account; `Retry-After` says for how long.
    VaultFrozen,
    /// The credential is stored already, by whomever.
    KeyAlreadyStored,
    /// The account has as many keys as it may have.
    TooManyKeys,
    /// The key has had as many credentials that can send funds as it may have.
    TooManyBlocked,
    /// The exchange cannot say now whether the credential works.
    KeyUnverified,
    /// Too often; `Retry-After` says for how long.
    TooManyRequests,
    /// The session's last proof of who its owner is does not suffice. In the list of accesses alone: an answer says besides which would.
    #[schemars(skip)]
    StepUpRequired,
    /// What failed for another reason, of which nobody can say more. In the list of accesses alone.
    #[schemars(skip)]
    Failed,
}

impl RefusalCode {
    /// Its name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::KeyNotFound => "KEY_NOT_FOUND",
            Self::KycRequired => "KYC_REQUIRED",
            Self::MfaRequired => "MFA_REQUIRED",
            Self::OnlyChosenKeys => "ONLY_CHOSEN_KEYS",
            Self::KeyDisabled => "KEY_DISABLED",
            Self::KeyCanWithdraw => "KEY_CAN_WITHDRAW",
            Self::VaultFrozen => "VAULT_FROZEN",
            Self::KeyAlreadyStored => "KEY_ALREADY_STORED",
            Self::TooManyKeys => "TOO_MANY_KEYS",
            Self::TooManyBlocked => "TOO_MANY_BLOCKED",
            Self::KeyUnverified => "KEY_UNVERIFIED",
            Self::TooManyRequests => "TOO_MANY_REQUESTS",
            Self::StepUpRequired => "STEP_UP_REQUIRED",
            Self::Failed => "FAILED",
        }
    }
}

/// Why a call is refused, in words for its caller.
pub enum Refusal {
    /// No such key of the account's, or none that the token is good for. Somebody else's is no such key.
    NotFound,
    /// The owner has not proven who they are, and must have.
    KycRequired,
    /// The account has no second factor, and must have.
    MfaRequired,
    /// The token is good for chosen keys alone: what it added would be none of them.
    OnlyChosenKeys,
    /// The owner has switched the key off.
    Disabled,
    /// The key can send funds to others, and the policy forbids that.
    CanWithdraw,
    /// Somebody may have got at the account of late: nothing is shown for so many seconds, at least one.
    Frozen(i64),
    /// The credential is kept already, by whomever.
    Duplicate,
    /// The account has as many keys as any may have.
    Full,
    /// The key has left behind as many credentials that can send funds to others as it may.
    TooManyBlocked,
    /// The exchange could not say now whether the credential works; it wants to be left alone for so many seconds.
    Unverified(ConnectionStatus, Option<u32>),
    /// Too often, for so many seconds.
    TooMany(i64),
    /// Anything else.
    Failed(Error),
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl Refusal {
    /// The word for it in the list of accesses and in `data.code`.
    #[must_use]
    pub const fn code(&self) -> RefusalCode {
        match self {
            Self::NotFound => RefusalCode::KeyNotFound,
            Self::KycRequired => RefusalCode::KycRequired,
            Self::MfaRequired => RefusalCode::MfaRequired,
            Self::OnlyChosenKeys => RefusalCode::OnlyChosenKeys,
            Self::Disabled => RefusalCode::KeyDisabled,
            Self::CanWithdraw => RefusalCode::KeyCanWithdraw,
            Self::Frozen(_) => RefusalCode::VaultFrozen,
            Self::Duplicate => RefusalCode::KeyAlreadyStored,
            Self::Full => RefusalCode::TooManyKeys,
            Self::TooManyBlocked => RefusalCode::TooManyBlocked,
            Self::Unverified(..) => RefusalCode::KeyUnverified,
            Self::TooMany(_) => RefusalCode::TooManyRequests,
            Self::Failed(Error::StepUpRequired(_)) => RefusalCode::StepUpRequired,
            Self::Failed(_) => RefusalCode::Failed,
        }
    }

    /// The text of a refusal. The one for duplicates does not say whose.
    #[must_use]
    pub fn message(&self) -> &'static str {
        match self {
            Self::NotFound => "API key not found",
            Self::KycRequired => "Exchange keys can be stored once your identity has been proven",
            Self::MfaRequired => "Exchange keys can be stored and shown once your account has a second factor",
            Self::OnlyChosenKeys => "This token is good for chosen API keys only and cannot add any",
            Self::Disabled => "This API key is disabled",
            Self::CanWithdraw => "This API key can send funds out of the account: replace it by one that cannot",
            Self::Frozen(_) => VAULT_FROZEN,
            Self::Duplicate => "This API key is stored already",
            Self::Full => &FULL,
            Self::TooManyBlocked => &TOO_MANY_BLOCKED,
            Self::Unverified(status, _) => status.message(),
            Self::TooMany(_) => "Too many requests",
            Self::Failed(_) => "Failed",
        }
    }

    /// The answer's body.
    #[must_use]
    pub fn body(&self) -> ApiKeyRefusal {
        ApiKeyRefusal { success: false, message: self.message(), data: RefusalReason { code: self.code() } }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let body = self.body();
        match self {
            Self::NotFound => Reply::not_found(body).into_response(),
            Self::Unverified(_, seconds) => Reply::unavailable(body, seconds.unwrap_or(5)).into_response(),
            Self::KycRequired | Self::MfaRequired | Self::OnlyChosenKeys => Reply::forbidden(body).into_response(),
            Self::Disabled | Self::CanWithdraw | Self::Duplicate | Self::Full | Self::TooManyBlocked => {
                Reply::conflict(body).into_response()
            }
            Self::Frozen(seconds) => {
                Reply::conflict(body).header(header::RETRY_AFTER, HeaderValue::from(seconds)).into_response()
            }
            Self::TooMany(seconds) => Reply::too_many_requests(body, seconds).into_response(),
            Self::Failed(error) => error.into_response(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const CODES: [RefusalCode; 14] = [
        RefusalCode::KeyNotFound,
        RefusalCode::KycRequired,
        RefusalCode::MfaRequired,
        RefusalCode::OnlyChosenKeys,
        RefusalCode::KeyDisabled,
        RefusalCode::KeyCanWithdraw,
        RefusalCode::VaultFrozen,
        RefusalCode::KeyAlreadyStored,
        RefusalCode::TooManyKeys,
        RefusalCode::TooManyBlocked,
        RefusalCode::KeyUnverified,
        RefusalCode::TooManyRequests,
        RefusalCode::StepUpRequired,
        RefusalCode::Failed,
    ];

    /// The words of a documented list.
    fn documented<T: JsonSchema>() -> Vec<Value> {
        let schema = schemars::schema_for!(T);
        let options = schema.get("oneOf").and_then(Value::as_array).into_iter().flatten();
        options.map(|option| option["const"].clone()).collect()
    }

    #[test]
    fn a_code_is_one_word_in_answers_rows_and_document() {
        for code in CODES {
            assert_eq!(json!(code), code.as_str());
        }
        // The last two are no words for answers.
        assert_eq!(documented::<RefusalCode>(), CODES[..12].iter().map(|code| json!(code)).collect::<Vec<_>>());
    }

    #[test]
    fn a_status_is_one_word_in_answers_rows_and_document() {
        let words = documented::<ConnectionStatus>();
        assert_eq!(words.len(), 16);
        for word in words {
            let status: ConnectionStatus = serde_json::from_value(word.clone()).expect("a documented status is one");
            assert_eq!(word, status.as_str());
        }
    }
}
