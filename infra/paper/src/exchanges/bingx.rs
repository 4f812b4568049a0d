//! `BingX`. Errors come with HTTP 200.

use api_keys::exchanges::ConnectionStatus;

use super::{Claim, Freshness, StandIn, value};
use crate::{
    answers::{DOWN, Outcome, Reply, says},
    request::ExchangeRequest,
};

const TRADES: Reply = says(
    200,
    ConnectionStatus::Ok,
    r#"{"code":0,"msg":"","debugMsg":"","data":{"ipAddresses":[],"note":"t","permissions":[1,2,3]}}"#,
);

const UNKNOWN_KEY: Reply = says(
    200,
    ConnectionStatus::InvalidKey,
    r#"{"code":100413,"msg":"Incorrect apiKey","debugMsg":"","timestamp":1700000000000}"#,
);

pub(super) static BINGX: StandIn = StandIn {
    id: "bingx",
    claim,
    freshness: Freshness::within(5),
    passphrase: None,
    unknown_key: UNKNOWN_KEY,
    wrong_environment: None,
    stale: says(
        200,
        ConnectionStatus::ClockSkew,
        concat!(
            r#"{"code":100421,"msg":"Null timestamp or timestamp mismatch","debugMsg":"","#,
            r#""timestamp":1700000000000}"#,
        ),
    ),
    bad_signature: says(
        200,
        ConnectionStatus::InvalidSignature,
        concat!(
            r#"{"code":100001,"msg":"Signature verification failed","debugMsg":"","#,
            r#""timestamp":1700000000000}"#,
        ),
    ),
    bad_passphrase: None,
    others: &[],
    last: None,
    outcomes: &[
        (Outcome::Ok, TRADES),
        (
            Outcome::Withdraw,
            says(
                200,
                ConnectionStatus::Ok,
                concat!(
                    r#"{"code":0,"msg":"","debugMsg":"","data":{"ipAddresses":["203.0.113.7"],"note":"t","#,
                    r#""permissions":[1,2,3,5]}}"#,
                ),
            ),
        ),
        (
            Outcome::WrongIp,
            says(
                200,
                ConnectionStatus::IpNotAllowed,
                concat!(
                    r#"{"code":100419,"msg":"IP does not match IP whitelist","debugMsg":"","#,
                    r#""timestamp":1700000000000}"#,
                ),
            ),
        ),
        // Keys that are idle for 14 days are deleted.
        (Outcome::Expired, UNKNOWN_KEY),
        (
            Outcome::RateLimited,
            says(
                200,
                ConnectionStatus::RateLimited,
                r#"{"code":100410,"msg":"rate limited","debugMsg":"","timestamp":1700000000000}"#,
            ),
        ),
        (Outcome::Down, DOWN),
        (Outcome::Demo, TRADES),
    ],
};

fn claim(request: &ExchangeRequest) -> Option<Claim> {
    let query = request.query();
    let claim = Claim::new(request.header("X-BX-APIKEY")?, value(&query, "timestamp")?)?;
    Some(claim.asks(query, &["timestamp", "signature"]))
}
