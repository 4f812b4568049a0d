//! Gemini. What it says of a wrong address is not recorded.

use api_keys::exchanges::ConnectionStatus;
use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::Value;

use super::{Claim, Freshness, StandIn};
use crate::{
    answers::{Outcome, Reply, says},
    request::ExchangeRequest,
};

const TRADES: Reply = says(200, ConnectionStatus::Ok, r#"{"isAuditor":false,"isFundManager":false,"isTrader":true}"#);

pub(super) static GEMINI: StandIn = StandIn {
    id: "gemini",
    claim,
    freshness: Freshness::Rising,
    passphrase: None,
    unknown_key: says(
        400,
        ConnectionStatus::InvalidKey,
        r#"{"result":"error","reason":"InvalidApiKey","message":"InvalidApiKey"}"#,
    ),
    wrong_environment: None,
    stale: says(
        400,
        ConnectionStatus::NonceConflict,
        r#"{"result":"error","reason":"InvalidNonce","message":"InvalidNonce"}"#,
    ),
    bad_signature: says(
        400,
        ConnectionStatus::InvalidSignature,
        r#"{"result":"error","reason":"InvalidSignature","message":"InvalidSignature"}"#,
    ),
    bad_passphrase: None,
    others: &[],
    last: None,
    outcomes: &[
        (Outcome::Ok, TRADES),
        (
            Outcome::Withdraw,
            says(200, ConnectionStatus::Ok, r#"{"isAuditor":false,"isFundManager":true,"isTrader":true}"#),
        ),
        (
            Outcome::RateLimited,
            says(
                429,
                ConnectionStatus::RateLimited,
                r#"{"result":"error","reason":"RateLimit","message":"RateLimit"}"#,
            ),
        ),
        (
            Outcome::Down,
            says(
                503,
                ConnectionStatus::ExchangeUnavailable,
                r#"{"result":"error","reason":"Maintenance","message":"The exchange is down for maintenance"}"#,
            ),
        ),
        (Outcome::Testnet, TRADES),
    ],
};

fn claim(request: &ExchangeRequest) -> Option<Claim> {
    let payload = BASE64_STANDARD.decode(request.header("X-GEMINI-PAYLOAD")?).ok()?;
    let payload: Value = serde_json::from_slice(&payload).ok()?;
    let claim = Claim::new(request.header("X-GEMINI-APIKEY")?, payload["nonce"].as_str()?)?;
    Some(claim.asks_json(&payload, &["request", "nonce"]))
}
