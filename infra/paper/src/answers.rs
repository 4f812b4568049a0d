//! What exchanges answer. The bodies have the shapes of recorded answers.

use api_keys::exchanges::ConnectionStatus;

/// One answer of an exchange.
#[derive(Clone, Copy)]
pub(crate) struct Reply {
    pub(crate) http: u16,
    /// What the function should make of it.
    pub(crate) means: ConnectionStatus,
    /// `$key` stands for the key that was asked about; see [`Demo::fill`](crate::credentials::Demo::fill).
    pub(crate) body: &'static str,
    /// Seconds until it makes sense to ask again.
    pub(crate) retry_after: Option<u32>,
}

/// An answer with a status of HTTP, a meaning and a body.
pub(crate) const fn says(http: u16, means: ConnectionStatus, body: &'static str) -> Reply {
    Reply { http, means, body, retry_after: None }
}

/// What the gateway in front of an exchange says while nobody stands behind it.
pub(crate) const DOWN: Reply = says(
    503,
    ConnectionStatus::ExchangeUnavailable,
    "<html><body><h1>503 Service Temporarily Unavailable</h1></body></html>",
);

impl Reply {
    /// Asks to wait so many seconds.
    pub(crate) const fn retry_after(self, seconds: u32) -> Self {
        Self { retry_after: Some(seconds), ..self }
    }

    /// JSON, or what it is instead.
    pub(crate) fn content_type(&self) -> &'static str {
        match self.body.as_bytes().first() {
            Some(b'{' | b'[' | b'n') => "application/json",
            Some(b'<') => "text/html",
            _ => "text/plain",
        }
    }
}

/// What becomes of a request that is signed correctly: every demo key has one fate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Ok,
    Withdraw,
    WrongIp,
    Expired,
    RateLimited,
    Down,
    Testnet,
    Demo,
}

impl Outcome {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Withdraw => "withdraw",
            Self::WrongIp => "wrong_ip",
            Self::Expired => "expired",
            Self::RateLimited => "rate_limited",
            Self::Down => "down",
            Self::Testnet => "testnet",
            Self::Demo => "demo",
        }
    }

    /// Whether the exchange describes the key, if only as expired.
    pub(crate) const fn is_described(self) -> bool {
        matches!(self, Self::Ok | Self::Withdraw | Self::Expired | Self::Testnet | Self::Demo)
    }
}
