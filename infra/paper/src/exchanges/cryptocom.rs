//! Crypto.com. One code for a wrong key and a wrong signature; no call describes a key.

use api_keys::exchanges::ConnectionStatus;

use super::{Claim, Freshness, StandIn};
use crate::{
    answers::{DOWN, Outcome, Reply, says},
    request::ExchangeRequest,
};

const UNAUTHORIZED: Reply = says(
    401,
    ConnectionStatus::AmbiguousCredentials,
    r#"{"id":1,"method":"private/user-balance","code":40101,"message":"Authentication failure"}"#,
);

const BALANCE: Reply = says(
    200,
    ConnectionStatus::Ok,
    concat!(
        r#"{"id":1,"method":"private/user-balance","code":0,"#,
        r#""result":{"data":[{"total_available_balance":"0","instrument_name":"USD","#,
        r#""position_balances":[]}]}}"#,
    ),
);

pub(super) static CRYPTOCOM: StandIn = StandIn {
    id: "cryptocom",
    claim,
    freshness: Freshness::within(60),
    passphrase: None,
    unknown_key: UNAUTHORIZED,
    wrong_environment: None,
    stale: says(
        400,
        ConnectionStatus::ClockSkew,
        concat!(
            r#"{"id":1,"method":"private/user-balance","code":40102,"#,
            r#""message":"Nonce value differs by more than 60 seconds"}"#,
        ),
    ),
    bad_signature: UNAUTHORIZED,
    bad_passphrase: None,
    others: &[],
    last: None,
    outcomes: &[
        (Outcome::Ok, BALANCE),
        (
            Outcome::WrongIp,
            says(
                401,
                ConnectionStatus::IpNotAllowed,
                r#"{"id":1,"method":"private/user-balance","code":40103,"message":"IP address not whitelisted"}"#,
            ),
        ),
        (
            Outcome::RateLimited,
            says(
                429,
                ConnectionStatus::RateLimited,
                concat!(
                    r#"{"id":1,"method":"private/user-balance","code":42901,"#,
                    r#""message":"Requests have exceeded rate limits"}"#,
                ),
            ),
        ),
        (Outcome::Down, DOWN),
        (Outcome::Testnet, BALANCE),
    ],
};

fn claim(request: &ExchangeRequest) -> Option<Claim> {
    let body = request.json();
    let claim = Claim::new(body["api_key"].as_str()?, body["nonce"].as_str()?)?;
    Some(claim.asks_json(&body["params"], &[]))
}
