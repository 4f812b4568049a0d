//! OKX, which tells live keys from demo keys.

use api_keys::exchanges::ConnectionStatus;

use super::{Claim, Freshness, StandIn};
use crate::{
    answers::{DOWN, Outcome, Reply, says},
    request::ExchangeRequest,
};

const TRADES: Reply = says(
    200,
    ConnectionStatus::Ok,
    concat!(
        r#"{"code":"0","msg":"","data":[{"acctLv":"2","uid":"44705892343619584","#,
        r#""mainUid":"44705892343619584","label":"t","perm":"read_only,trade","ip":"","kycLv":"3","#,
        r#""type":"0","roleType":"0"}]}"#,
    ),
);
const UNKNOWN_KEY: Reply =
    says(401, ConnectionStatus::InvalidKey, r#"{"code":"50111","data":[],"msg":"Invalid OK-ACCESS-KEY"}"#);

pub(super) static OKX: StandIn = StandIn {
    id: "okx",
    claim,
    freshness: Freshness::within(30),
    passphrase: Some("OK-ACCESS-PASSPHRASE"),
    unknown_key: UNKNOWN_KEY,
    wrong_environment: Some(says(
        401,
        ConnectionStatus::WrongEnvironment,
        r#"{"code":"50101","data":[],"msg":"APIKey does not match current environment."}"#,
    )),
    stale: says(401, ConnectionStatus::ClockSkew, r#"{"code":"50102","data":[],"msg":"Timestamp request expired"}"#),
    bad_signature: says(401, ConnectionStatus::InvalidSignature, r#"{"code":"50113","data":[],"msg":"Invalid Sign"}"#),
    bad_passphrase: Some(says(
        401,
        ConnectionStatus::InvalidPassphrase,
        r#"{"code":"50105","data":[],"msg":"Request header OK-ACCESS-PASSPHRASE incorrect."}"#,
    )),
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
                    r#"{"code":"0","msg":"","data":[{"acctLv":"2","uid":"44705892343619584","#,
                    r#""mainUid":"44705892343619584","label":"t","perm":"read_only,withdraw,trade","#,
                    r#""ip":"203.0.113.7","kycLv":"3","type":"0","roleType":"0"}]}"#,
                ),
            ),
        ),
        (
            Outcome::WrongIp,
            says(
                401,
                ConnectionStatus::IpNotAllowed,
                concat!(
                    r#"{"code":"50110","data":[],"#,
                    r#""msg":"Your IP 198.51.100.1 is not included in your API key's IP whitelist."}"#,
                ),
            ),
        ),
        // An expired key is deleted there.
        (
            Outcome::Expired,
            says(401, ConnectionStatus::InvalidKey, r#"{"code":"50119","data":[],"msg":"API key doesn't exist"}"#),
        ),
        (
            Outcome::RateLimited,
            says(429, ConnectionStatus::RateLimited, r#"{"code":"50011","data":[],"msg":"Requests too frequent."}"#),
        ),
        (Outcome::Down, DOWN),
        (Outcome::Demo, TRADES),
    ],
};

fn claim(request: &ExchangeRequest) -> Option<Claim> {
    let moment: jiff::Timestamp = request.header("OK-ACCESS-TIMESTAMP")?.parse().ok()?;
    let claim = Claim::at(request.header("OK-ACCESS-KEY")?, moment.as_millisecond());
    Some(claim.asks(request.query(), &[]))
}
