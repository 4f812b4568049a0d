//! `KuCoin`. Its `Transfer` is what others call withdrawal.

use api_keys::exchanges::ConnectionStatus;

use super::{Claim, Freshness, StandIn};
use crate::{
    answers::{DOWN, Outcome, Reply, says},
    request::ExchangeRequest,
};

const UNKNOWN_KEY: Reply =
    says(400, ConnectionStatus::InvalidKey, r#"{"code":"400003","msg":"KC-API-KEY not exists"}"#);

pub(super) static KUCOIN: StandIn = StandIn {
    id: "kucoin",
    claim,
    freshness: Freshness::within(5),
    passphrase: Some("KC-API-PASSPHRASE"),
    unknown_key: UNKNOWN_KEY,
    wrong_environment: None,
    stale: says(400, ConnectionStatus::ClockSkew, r#"{"code":"400002","msg":"Invalid KC-API-TIMESTAMP"}"#),
    bad_signature: says(400, ConnectionStatus::InvalidSignature, r#"{"code":"400005","msg":"Invalid KC-API-SIGN"}"#),
    bad_passphrase: Some(says(
        400,
        ConnectionStatus::InvalidPassphrase,
        r#"{"code":"400004","msg":"Invalid KC-API-PASSPHRASE"}"#,
    )),
    others: &[],
    last: None,
    outcomes: &[
        (
            Outcome::Ok,
            says(
                200,
                ConnectionStatus::Ok,
                concat!(
                    r#"{"code":"200000","data":{"remark":"t","apiKey":"$key","apiVersion":3,"permission":"General,"#,
                    r#"Spot","createdAt":1698645219000,"uid":1,"isMaster":true}}"#,
                ),
            ),
        ),
        (
            Outcome::Withdraw,
            says(
                200,
                ConnectionStatus::Ok,
                concat!(
                    r#"{"code":"200000","data":{"remark":"t","apiKey":"$key","apiVersion":3,"permission":"General,"#,
                    r#"Spot,Transfer","ipWhitelist":"203.0.113.7","createdAt":1698645219000,"uid":1,"#,
                    r#""isMaster":true}}"#,
                ),
            ),
        ),
        (
            Outcome::WrongIp,
            says(
                400,
                ConnectionStatus::IpNotAllowed,
                r#"{"code":"400006","msg":"The requested ip address is not in the api whitelist"}"#,
            ),
        ),
        // Keys that are idle for 30 days are deleted.
        (Outcome::Expired, UNKNOWN_KEY),
        (
            Outcome::RateLimited,
            says(429, ConnectionStatus::RateLimited, r#"{"code":"429000","msg":"Too Many Requests"}"#),
        ),
        (Outcome::Down, DOWN),
    ],
};

fn claim(request: &ExchangeRequest) -> Option<Claim> {
    let claim = Claim::new(request.header("KC-API-KEY")?, request.header("KC-API-TIMESTAMP")?)?;
    Some(claim.asks(request.query(), &[]))
}
