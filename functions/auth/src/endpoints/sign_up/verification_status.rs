//! `GET /auth/verification-status`: where the proof of an address stands, as far as the asker may know.

use axum::extract::State;
use compat::email::EmailAddress;
use schemars::JsonSchema;
use serde::{Serialize, de::IgnoredAny};
use shared::{
    caller::{ClientAddress, MaybeCaller},
    error::Error,
    http::{Fields, Input, Operation, Query, Reply, Text},
    limits::RateLimit,
    now::Now,
    time::Timestamp,
};

use crate::{address::status::AddressStatus, limits::Group, records::known::KnownAddress, state::Auth};

/// Which address: any text, for the original never checked it.
pub struct Question {
    email: Text,
}

impl Input for Question {
    fn read(mut fields: Fields<'_>) -> Option<Self> {
        let email = fields.required("email", "The address, as it was given at sign-up");
        Some(Self { email: fields.end()?.of(email)? })
    }
}

/// Where the proof of an address stands, in a word.
#[derive(Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
enum ProofStatus {
    /// Nothing that may be told.
    Unknown,
    /// A link is out.
    Pending,
    /// The link has expired.
    Expired,
    /// The address is proven.
    Verified,
}

/// Where the proof of an address stands. Every member is always there, null where there is nothing.
#[derive(Serialize, JsonSchema)]
pub struct VerificationStatusResponse {
    /// The address, as it was asked for.
    email: String,
    /// Whether the address is proven.
    is_verified: bool,
    /// Where the proof of the address stands.
    status: ProofStatus,
    /// When the address was proven.
    #[schemars(extend("format" = "date-time"))]
    verified_at: Option<String>,
    /// When the link expires that is out, or when the last one did.
    #[schemars(extend("format" = "date-time"))]
    token_expires_at: Option<String>,
    /// Seconds for which that link is still good; 0 once it has expired.
    time_remaining_seconds: Option<i64>,
}

/// With a bearer token for that very address the truth is always told, and nothing is counted.
pub async fn verification_status(
    State(auth): State<Auth>,
    Now(now): Now,
    client: ClientAddress,
    MaybeCaller(caller): MaybeCaller,
    Query(Question { email: Text(email) }): Query<Question>,
) -> Result<Reply<VerificationStatusResponse>, Error> {
    let address = EmailAddress::parse(&email).ok();
    let is_owner =
        matches!((&caller, &address), (Some(caller), Some(address)) if caller.email().key() == address.key());
    if !is_owner && let RateLimit::Exceeded(seconds) = auth.limit::<IgnoredAny>(Group::Ask, &client, now).await? {
        return Err(Error::TooManyRequests(seconds));
    }
    let status = match address {
        Some(address) => {
            let KnownAddress { record, account } = auth.known_address(&address.key()).await?;
            record.status(&address, account.as_ref(), is_owner, now)
        }
        None => AddressStatus::Unknown,
    };
    Ok(Reply::ok(answer(email, status, now)))
}

fn answer(email: String, status: AddressStatus, now: Timestamp) -> VerificationStatusResponse {
    let (name, verified_at, expires_at) = match status {
        AddressStatus::Unknown => (ProofStatus::Unknown, None, None),
        AddressStatus::Pending(until) => (ProofStatus::Pending, None, Some(until)),
        AddressStatus::Expired(at) => (ProofStatus::Expired, None, Some(at)),
        AddressStatus::Verified(at) => (ProofStatus::Verified, Some(at), None),
    };
    VerificationStatusResponse {
        email,
        is_verified: verified_at.is_some(),
        status: name,
        verified_at: verified_at.map(|at| at.to_string()),
        token_expires_at: expires_at.map(|at| at.to_string()),
        time_remaining_seconds: expires_at.map(|at| at.seconds_from(now)),
    }
}

pub fn document() -> Operation {
    let (until, now) = (Timestamp::from_second(1_566_656_122), Timestamp::from_second(1_566_600_000));
    Operation::new(
        "get_verification_status",
        "Where the proof of an address stands. Whether it has an account is told only for a day after it was verified, \
         or to the holder of a bearer token for that address.",
    )
    .query::<Question>()
    .ok(&answer("ada@example.com".to_owned(), AddressStatus::Pending(until), now))
    .fails(&Error::TooManyRequests(1))
    .depends()
}
