//! Bybit. Errors come with HTTP 200.

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
        r#"{"retCode":0,"retMsg":"","result":{"id":"13770661","note":"t","apiKey":"$key","readOnly":0,"#,
        r#""secret":"","permissions":{"ContractTrade":[],"Spot":["SpotTrade"],"Wallet":[],"Options":[],"#,
        r#""Derivatives":[],"CopyTrading":[],"BlockTrade":[],"Exchange":[],"NFT":[],"Affiliate":[],"#,
        r#""Earn":[]},"ips":["*"],"type":1,"deadlineDay":66,"expiredAt":"2096-12-22T07:20:25Z","#,
        r#""createdAt":"2026-10-07T02:18:23Z","unified":0,"uta":1,"userID":24617703,"isMaster":true,"#,
        r#""parentUid":"0","kycRegion":""},"retExtInfo":{},"time":1767225600300}"#,
    ),
);

pub(super) static BYBIT: StandIn = StandIn {
    id: "bybit",
    claim,
    freshness: Freshness::Window { past: 5_000, future: 1_000 },
    passphrase: None,
    unknown_key: says(
        200,
        ConnectionStatus::InvalidKey,
        concat!(
            r#"{"retCode":10003,"retMsg":"API key is invalid.","result":{},"retExtInfo":{},"#,
            r#""time":1767225600300}"#,
        ),
    ),
    wrong_environment: None,
    stale: says(
        200,
        ConnectionStatus::ClockSkew,
        concat!(
            r#"{"retCode":10002,"retMsg":"invalid request,"#,
            r#" please check your server timestamp or recv_window param.","result":{},"retExtInfo":{},"#,
            r#""time":1767225600300}"#,
        ),
    ),
    bad_signature: says(
        200,
        ConnectionStatus::InvalidSignature,
        concat!(
            r#"{"retCode":10004,"retMsg":"Error sign, please check your signature generation algorithm.","#,
            r#""result":{},"retExtInfo":{},"time":1767225600300}"#,
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
                    r#"{"retCode":0,"retMsg":"","result":{"id":"13770661","note":"t","apiKey":"$key","readOnly":0,"#,
                    r#""secret":"","permissions":{"ContractTrade":[],"Spot":["SpotTrade"],"#,
                    r#""Wallet":["AccountTransfer","Withdraw"],"Options":[],"Derivatives":[],"CopyTrading":[],"#,
                    r#""BlockTrade":[],"Exchange":[],"NFT":[],"Affiliate":[],"Earn":[]},"ips":["203.0.113.7"],"#,
                    r#""type":1,"deadlineDay":-2,"expiredAt":"1970-01-01T00:00:00Z","#,
                    r#""createdAt":"2026-10-07T02:18:23Z","unified":0,"uta":1,"userID":24617703,"isMaster":true,"#,
                    r#""parentUid":"0","kycRegion":""},"retExtInfo":{},"time":1767225600300}"#,
                ),
            ),
        ),
        (
            Outcome::WrongIp,
            says(
                200,
                ConnectionStatus::IpNotAllowed,
                concat!(
                    r#"{"retCode":10010,"retMsg":"Unmatched IP, please check your API key's bound IP addresses.","#,
                    r#""result":{},"retExtInfo":{},"time":1767225600300}"#,
                ),
            ),
        ),
        (
            Outcome::Expired,
            says(
                200,
                ConnectionStatus::KeyExpired,
                concat!(
                    r#"{"retCode":33004,"retMsg":"Your api key has expired.","result":{},"retExtInfo":{},"#,
                    r#""time":1767225600300}"#,
                ),
            ),
        ),
        (
            Outcome::RateLimited,
            says(
                200,
                ConnectionStatus::RateLimited,
                concat!(
                    r#"{"retCode":10006,"retMsg":"Too many visits. Exceeded the API Rate Limit.","result":{},"#,
                    r#""retExtInfo":{},"time":1767225600300}"#,
                ),
            ),
        ),
        (Outcome::Down, DOWN),
        (Outcome::Testnet, TRADES),
        (Outcome::Demo, TRADES),
    ],
};

fn claim(request: &ExchangeRequest) -> Option<Claim> {
    let claim = Claim::new(request.header("X-BAPI-API-KEY")?, request.header("X-BAPI-TIMESTAMP")?)?;
    Some(claim.asks(request.query(), &[]))
}
