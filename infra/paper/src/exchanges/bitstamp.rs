//! Bitstamp. No call describes a key.

use api_keys::exchanges::ConnectionStatus;
use uuid::Uuid;

use super::{Claim, Freshness, StandIn};
use crate::{
    answers::{DOWN, Outcome, says},
    request::ExchangeRequest,
};

pub(super) static BITSTAMP: StandIn = StandIn {
    id: "bitstamp",
    claim,
    freshness: Freshness::Once { past: 150_000, future: 150_000 },
    passphrase: None,
    unknown_key: says(
        403,
        ConnectionStatus::InvalidKey,
        r#"{"status":"error","reason":"API key not found","code":"API0001"}"#,
    ),
    wrong_environment: None,
    stale: says(
        403,
        ConnectionStatus::NonceConflict,
        r#"{"status":"error","reason":"Invalid nonce","code":"API0004"}"#,
    ),
    bad_signature: says(
        403,
        ConnectionStatus::InvalidSignature,
        r#"{"status":"error","reason":"Invalid signature","code":"API0005"}"#,
    ),
    bad_passphrase: None,
    others: &[],
    last: None,
    outcomes: &[
        (
            Outcome::Ok,
            says(
                200,
                ConnectionStatus::Ok,
                r#"[{"currency":"usd","total":"0.00","available":"0.00","reserved":"0.00"}]"#,
            ),
        ),
        (Outcome::WrongIp, says(403, ConnectionStatus::IpNotAllowed, r#"{"error":"IP address not allowed"}"#)),
        (
            Outcome::RateLimited,
            says(
                400,
                ConnectionStatus::RateLimited,
                r#"{"status":"error","reason":"Request rate limit exceeded","code":"400.002"}"#,
            ),
        ),
        (Outcome::Down, DOWN),
    ],
};

fn claim(request: &ExchangeRequest) -> Option<Claim> {
    // A content type without content is refused.
    let is_odd = request.body.is_empty() && request.header("Content-Type").is_some();
    let key = request.header("X-Auth")?.strip_prefix("BITSTAMP ").filter(|_| !is_odd)?;
    let nonce: Uuid = request.header("X-Auth-Nonce")?.parse().ok()?;
    let claim = Claim::new(key, request.header("X-Auth-Timestamp")?)?.nonce(nonce.as_bytes())?;
    Some(claim.asks(request.form(), &[]))
}
