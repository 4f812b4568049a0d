//! Bitget. Paper trading is at the same host, with a header and keys of its own.

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
        r#"{"code":"00000","msg":"success","requestTime":1695808949356,"data":{"userId":"1","#,
        r#""inviterId":"1","ips":"","authorities":["stor","stow"],"parentId":1,"traderType":"trader","#,
        r#""channelCode":"x","channel":"","regisTime":"1246566789345"}}"#,
    ),
);

pub(super) static BITGET: StandIn = StandIn {
    id: "bitget",
    claim,
    freshness: Freshness::within(30),
    passphrase: Some("ACCESS-PASSPHRASE"),
    unknown_key: says(
        400,
        ConnectionStatus::InvalidKey,
        r#"{"code":"40006","msg":"Invalid ACCESS_KEY","requestTime":1695808949356,"data":null}"#,
    ),
    wrong_environment: None,
    stale: says(
        400,
        ConnectionStatus::ClockSkew,
        r#"{"code":"40008","msg":"Request timestamp expired","requestTime":1695808949356,"data":null}"#,
    ),
    bad_signature: says(
        400,
        ConnectionStatus::InvalidSignature,
        r#"{"code":"40009","msg":"sign signature error","requestTime":1695808949356,"data":null}"#,
    ),
    bad_passphrase: Some(says(
        400,
        ConnectionStatus::InvalidPassphrase,
        concat!(
            r#"{"code":"40012","msg":"apikey/password is incorrect","requestTime":1695808949356,"#,
            r#""data":null}"#,
        ),
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
                    r#"{"code":"00000","msg":"success","requestTime":1695808949356,"data":{"userId":"1","#,
                    r#""inviterId":"1","ips":"203.0.113.7","authorities":["stor","stow","wwow"],"parentId":1,"#,
                    r#""traderType":"trader","channelCode":"x","channel":"","regisTime":"1246566789345"}}"#,
                ),
            ),
        ),
        (
            Outcome::WrongIp,
            says(
                400,
                ConnectionStatus::IpNotAllowed,
                r#"{"code":"40018","msg":"Invalid IP","requestTime":1695808949356,"data":null}"#,
            ),
        ),
        (
            Outcome::RateLimited,
            says(
                429,
                ConnectionStatus::RateLimited,
                r#"{"code":"429","msg":"Too Many Requests","requestTime":1695808949356,"data":null}"#,
            ),
        ),
        (Outcome::Down, DOWN),
        (Outcome::Demo, TRADES),
    ],
};

fn claim(request: &ExchangeRequest) -> Option<Claim> {
    let claim = Claim::new(request.header("ACCESS-KEY")?, request.header("ACCESS-TIMESTAMP")?)?;
    Some(claim.asks(request.query(), &[]))
}
