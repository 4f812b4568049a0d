//! Answers as clients know them.

use std::sync::LazyLock;

use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value, json};
use shared::{error::Error, http::Reply};
use zeroize::Zeroizing;

use crate::{
    count::MOST,
    exchanges::{Credentials, KeyType, Status},
};

/// A result and, perhaps, the key that it is about.
#[derive(Serialize, JsonSchema)]
pub struct ApiKeyResponse {
    success: bool,
    message: String,
    data: Option<Map<String, Value>>,
}

/// A key in the clear.
#[derive(Serialize, JsonSchema)]
pub struct DecryptedApiKeyResponse {
    success: bool,
    message: String,
    #[schemars(with = "Map<String, Value>", example = in_the_clear())]
    data: ClearKey,
}

/// The credentials in an answer, wiped when it has been written.
#[derive(Serialize)]
struct ClearKey {
    api_key: Zeroizing<String>,
    secret: Zeroizing<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    passphrase: Option<Zeroizing<String>>,
    key_type: KeyType,
    #[serde(skip_serializing_if = "Option::is_none")]
    wallet_address: Option<String>,
}

fn in_the_clear() -> Value {
    json!({ "api_key": "...", "secret": "..." })
}

impl ApiKeyResponse {
    /// A result, with what it is about.
    ///
    /// # Errors
    /// `Internal` when `data` is no JSON object.
    pub fn new(success: bool, message: &str, data: &impl Serialize) -> Result<Self, Error> {
        match serde_json::to_value(data) {
            Ok(Value::Object(data)) => Ok(Self { success, message: message.to_owned(), data: Some(data) }),
            _ => Err(Error::internal("an answer is no object")),
        }
    }

    /// A result that is about nothing.
    #[must_use]
    pub fn bare(success: bool, message: &str) -> Self {
        Self { success, message: message.to_owned(), data: None }
    }

    /// For the document.
    #[must_use]
    pub fn example(success: bool, message: &str, data: Value) -> Self {
        let data = if let Value::Object(data) = data { Some(data) } else { None };
        Self { success, message: message.to_owned(), data }
    }
}

impl DecryptedApiKeyResponse {
    /// The credentials, given up.
    #[must_use]
    pub fn new(credentials: Credentials) -> Self {
        let Credentials { key_type, api_key, secret, passphrase, wallet_address } = credentials;
        let data = ClearKey { api_key, secret, passphrase, key_type, wallet_address };
        Self { success: true, message: "API key decrypted".to_owned(), data }
    }

    /// For the document.
    #[must_use]
    pub fn example() -> Self {
        let dots = || Zeroizing::new("...".to_owned());
        Self::new(Credentials {
            key_type: KeyType::Hmac,
            api_key: dots(),
            secret: dots(),
            passphrase: None,
            wallet_address: None,
        })
    }
}

/// What an account is told that has as many keys as it may have.
static FULL: LazyLock<String> =
    LazyLock::new(|| format!("No more than {MOST} API keys can be stored: delete one first"));

/// Why a call is refused, in words for its caller.
pub enum Refusal {
    /// No such key of the caller's. Somebody else's is no such key.
    NotFound,
    /// The owner has not proven who they are, and must have.
    KycRequired,
    /// The owner has switched the key off.
    Disabled,
    /// The key can send funds to others, and the policy forbids that.
    CanWithdraw,
    /// The credential is kept already, by whomever.
    Duplicate,
    /// The caller has as many keys as anybody may have.
    Full,
    /// The key has left behind as many credentials that can send funds to others as it may.
    TooManyBlocked,
    /// The exchange could not say now whether the credential works; it wants to be left alone for so many seconds.
    Unverified(Status, Option<u32>),
    /// Too often, for so many seconds.
    TooMany(i64),
    /// Anything else.
    Failed(Error),
}

/// A handler's answer.
pub type Answer<T = ApiKeyResponse> = Result<Reply<T>, Refusal>;

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl Refusal {
    /// The word for what failed for another reason than a refusal, and so for what nobody can say more of.
    pub const FAILED: &'static str = "FAILED";

    /// The word for it in the list of accesses and in `data.code`.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "KEY_NOT_FOUND",
            Self::KycRequired => "KYC_REQUIRED",
            Self::Disabled => "KEY_DISABLED",
            Self::CanWithdraw => "KEY_CAN_WITHDRAW",
            Self::Duplicate => "KEY_ALREADY_STORED",
            Self::Full => "TOO_MANY_KEYS",
            Self::TooManyBlocked => "TOO_MANY_BLOCKED",
            Self::Unverified(..) => "KEY_UNVERIFIED",
            Self::TooMany(_) => "TOO_MANY_REQUESTS",
            Self::Failed(_) => Self::FAILED,
        }
    }

    /// Its text. The one for duplicates does not say whose.
    #[must_use]
    pub fn message(&self) -> &'static str {
        match self {
            Self::NotFound => "API key not found",
            Self::KycRequired => "Exchange keys can be stored once your identity has been proven",
            Self::Disabled => "This API key is disabled",
            Self::CanWithdraw => "This API key can send funds out of the account: replace it by one that cannot",
            Self::Duplicate => "This API key is stored already",
            Self::Full => &FULL,
            Self::TooManyBlocked => {
                "This API key has had more than 20 credentials that can send funds out of the account: delete it"
            }
            Self::Unverified(status, _) => status.message(),
            Self::TooMany(_) => "Too many requests",
            Self::Failed(_) => "Failed",
        }
    }

    /// The answer's body.
    #[must_use]
    pub fn body(&self) -> ApiKeyResponse {
        ApiKeyResponse::example(false, self.message(), json!({ "code": self.code() }))
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let body = self.body();
        match self {
            Self::NotFound => Reply::not_found(body).into_response(),
            Self::Unverified(_, seconds) => Reply::unavailable(body, seconds.unwrap_or(5)).into_response(),
            Self::KycRequired => Reply::forbidden(body).into_response(),
            Self::Disabled | Self::CanWithdraw | Self::Duplicate | Self::Full | Self::TooManyBlocked => {
                Reply::conflict(body).into_response()
            }
            Self::TooMany(seconds) => Reply::too_many_requests(body, seconds).into_response(),
            Self::Failed(error) => error.into_response(),
        }
    }
}
