//! MEXC. The flags of a success are the account's, so no key can say that it may withdraw.

use api_keys::exchanges::ConnectionStatus;

use super::{Claim, Freshness, StandIn, value};
use crate::{
    answers::{DOWN, Outcome, says},
    request::ExchangeRequest,
};

pub(super) static MEXC: StandIn = StandIn {
    id: "mexc",
    claim,
    freshness: Freshness::Window { past: 5_000, future: 1_000 },
    passphrase: None,
    unknown_key: says(400, ConnectionStatus::InvalidKey, r#"{"code":10072,"msg":"Api key info invalid"}"#),
    wrong_environment: None,
    stale: says(
        400,
        ConnectionStatus::ClockSkew,
        r#"{"code":700003,"msg":"Timestamp for this request is outside of the recvWindow."}"#,
    ),
    bad_signature: says(
        400,
        ConnectionStatus::InvalidSignature,
        r#"{"code":700002,"msg":"Signature for this request is not valid."}"#,
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
                concat!(
                    r#"{"canTrade":true,"canWithdraw":true,"canDeposit":true,"updateTime":null,"#,
                    r#""accountType":"SPOT","balances":[],"permissions":["SPOT"]}"#,
                ),
            ),
        ),
        (
            Outcome::WrongIp,
            says(
                400,
                ConnectionStatus::IpNotAllowed,
                r#"{"code":700006,"msg":"IP [198.51.100.1] not in the ip white list"}"#,
            ),
        ),
        (Outcome::Expired, says(400, ConnectionStatus::KeyExpired, r#"{"code":402,"msg":"API key expired"}"#)),
        (Outcome::RateLimited, says(429, ConnectionStatus::RateLimited, r#"{"code":429,"msg":"Too Many Requests"}"#)),
        (Outcome::Down, DOWN),
    ],
};

fn claim(request: &ExchangeRequest) -> Option<Claim> {
    let query = request.query();
    let claim = Claim::new(request.header("X-MEXC-APIKEY")?, value(&query, "timestamp")?)?;
    Some(claim.asks(query, &["timestamp", "recvWindow", "signature"]))
}
