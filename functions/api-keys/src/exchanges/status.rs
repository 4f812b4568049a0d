//! How a connection test can end, in words that all exchanges share.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How a connection test ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "ConnectionStatus")]
pub enum ConnectionStatus {
    /// The signed request was accepted.
    Ok,
    /// The exchange does not know the key.
    InvalidKey,
    /// The key is known, the secret is wrong.
    InvalidSignature,
    /// Key and secret are right, the passphrase is not.
    InvalidPassphrase,
    /// The exchange refuses and does not say why.
    AmbiguousCredentials,
    /// Our address is not on the key's list.
    IpNotAllowed,
    /// Our clock and the exchange's differ.
    ClockSkew,
    /// Another program uses the key.
    NonceConflict,
    /// The key may not even read.
    PermissionDenied,
    /// Expired, disabled or not active yet.
    KeyExpired,
    /// The account behind the key is frozen or restricted.
    AccountRestricted,
    /// The exchange refuses the region that we ask from.
    GeoBlocked,
    /// A live key at a demo site, or the other way round.
    WrongEnvironment,
    /// Too many requests.
    RateLimited,
    /// The exchange is down or out of reach.
    ExchangeUnavailable,
    /// An answer that none of the rules knows.
    UnrecognisedResponse,
}

impl ConnectionStatus {
    /// Its name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::InvalidKey => "invalid_key",
            Self::InvalidSignature => "invalid_signature",
            Self::InvalidPassphrase => "invalid_passphrase",
            Self::AmbiguousCredentials => "ambiguous_credentials",
            Self::IpNotAllowed => "ip_not_allowed",
            Self::ClockSkew => "clock_skew",
            Self::NonceConflict => "nonce_conflict",
            Self::PermissionDenied => "permission_denied",
            Self::KeyExpired => "key_expired",
            Self::AccountRestricted => "account_restricted",
            Self::GeoBlocked => "geo_blocked",
            Self::WrongEnvironment => "wrong_environment",
            Self::RateLimited => "rate_limited",
            Self::ExchangeUnavailable => "exchange_unavailable",
            Self::UnrecognisedResponse => "unrecognised_response",
        }
    }

    /// Whether the same test may end differently without the user doing anything.
    #[must_use]
    pub const fn is_retryable(self) -> bool {
        matches!(self, Self::ClockSkew | Self::NonceConflict | Self::RateLimited | Self::ExchangeUnavailable)
    }

    /// Whether it says that this key does not work, rather than that nothing could be found out.
    #[must_use]
    pub const fn is_about_the_key(self) -> bool {
        !matches!(self, Self::Ok | Self::GeoBlocked | Self::UnrecognisedResponse) && !self.is_retryable()
    }

    /// What it means and what to do about it. Our own words: an exchange's may echo keys and addresses.
    #[must_use]
    pub const fn message(self) -> &'static str {
        match self {
            Self::Ok => "The exchange accepts this key",
            Self::InvalidKey => "The exchange does not know this key: check the key, its environment and its region",
            Self::InvalidSignature => "The exchange knows this key but not this secret: enter the secret again",
            Self::InvalidPassphrase => "The passphrase is wrong: it is the one that was chosen when the key was made",
            Self::AmbiguousCredentials => {
                "The exchange refuses this key without saying why: key, secret, IP list or permissions may be the cause"
            }
            Self::IpNotAllowed => "The key is limited to other IP addresses than ours",
            Self::ClockSkew => "The exchange's clock and ours differ: try again",
            Self::NonceConflict => "Another program uses this key: give every program a key of its own",
            Self::PermissionDenied => "The key may not read the account: give it permission to read",
            Self::KeyExpired => "The key has expired, is disabled or is not active yet",
            Self::AccountRestricted => "The exchange has restricted this account",
            Self::GeoBlocked => "The exchange does not serve the region that we ask from",
            Self::WrongEnvironment => "The key belongs to another environment: live and demo keys are different",
            Self::RateLimited => "The exchange asks for fewer requests: try again later",
            Self::ExchangeUnavailable => "The exchange cannot be reached: try again later",
            Self::UnrecognisedResponse => "The exchange gave an answer that we do not understand",
        }
    }
}
