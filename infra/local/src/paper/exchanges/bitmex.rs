//! `BitMEX`. A request names the second in which it ends, 60 after it was signed.

use api_keys::exchanges::Status;

use super::{Claim, Freshness, StandIn};
use crate::paper::{
    answers::{Outcome, Reply, says},
    request::ExchangeRequest,
};

const TRADES: Reply = says(
    200,
    Status::Ok,
    concat!(
        r#"[{"id":"$key","secret":"","name":"t","nonce":0,"cidr":"0.0.0.0/0","cidrs":["0.0.0.0/0"],"#,
        r#""permissions":["order"],"enabled":true,"userId":1,"created":"2023-10-30T05:53:39.000Z"}]"#,
    ),
);

pub(super) static BITMEX: StandIn = StandIn {
    id: "bitmex",
    claim,
    freshness: Freshness::Window { past: 60_000, future: i64::MAX },
    passphrase: None,
    unknown_key: says(401, Status::InvalidKey, r#"{"error":{"message":"Invalid API Key.","name":"HTTPError"}}"#),
    wrong_environment: None,
    stale: says(
        401,
        Status::ClockSkew,
        concat!(
            r#"{"error":{"message":"This request has expired - `expires` is in the past. Current time: 1700000000","#,
            r#""name":"HTTPError"}}"#,
        ),
    ),
    bad_signature: says(
        401,
        Status::InvalidSignature,
        r#"{"error":{"message":"Signature not valid.","name":"HTTPError"}}"#,
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
                Status::Ok,
                concat!(
                    r#"[{"id":"$key","secret":"","name":"t","nonce":0,"cidr":"203.0.113.7/32","#,
                    r#""cidrs":["203.0.113.7/32"],"permissions":["order","withdraw"],"enabled":true,"userId":1,"#,
                    r#""created":"2023-10-30T05:53:39.000Z"}]"#,
                ),
            ),
        ),
        (
            Outcome::WrongIp,
            says(
                403,
                Status::IpNotAllowed,
                r#"{"error":{"message":"This IP address is not allowed to use this key.","name":"HTTPError"}}"#,
            ),
        ),
        (
            Outcome::Expired,
            says(401, Status::KeyExpired, r#"{"error":{"message":"This key is disabled.","name":"HTTPError"}}"#),
        ),
        (
            Outcome::RateLimited,
            says(
                429,
                Status::RateLimited,
                r#"{"error":{"message":"Rate limit exceeded, retry in 1 seconds.","name":"RateLimitError"}}"#,
            )
            .retry_after(1),
        ),
        (
            Outcome::Down,
            says(
                503,
                Status::ExchangeUnavailable,
                concat!(
                    r#"{"error":{"message":"The system is currently overloaded. Please try again later.","#,
                    r#""name":"HTTPError"}}"#,
                ),
            ),
        ),
        (Outcome::Testnet, TRADES),
    ],
};

fn claim(request: &ExchangeRequest) -> Option<Claim> {
    let expires: i64 = request.header("api-expires")?.parse().ok()?;
    let claim = Claim::at(request.header("api-key")?, expires.checked_sub(60)?.checked_mul(1_000)?);
    Some(claim.asks(request.query(), &[]))
}
