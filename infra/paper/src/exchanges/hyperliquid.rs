//! Hyperliquid. Nothing is signed: it lists the agents of a master wallet, and an agent cannot withdraw.

use api_keys::exchanges::ConnectionStatus;

use super::{Claim, Freshness, StandIn};
use crate::{
    answers::{DOWN, Outcome, Reply, says},
    request::ExchangeRequest,
};

const AGENT: Reply = says(200, ConnectionStatus::Ok, r#"[{"name":"t","address":"$key","validUntil":4102444800000}]"#);

const NO_AGENT: Reply = says(200, ConnectionStatus::InvalidKey, "[]");

pub(super) static HYPERLIQUID: StandIn = StandIn {
    id: "hyperliquid",
    claim,
    freshness: Freshness::Any,
    passphrase: None,
    unknown_key: NO_AGENT,
    wrong_environment: None,
    stale: NO_AGENT,
    bad_signature: NO_AGENT,
    bad_passphrase: None,
    others: &[],
    last: None,
    outcomes: &[
        (Outcome::Ok, AGENT),
        (
            Outcome::Expired,
            says(200, ConnectionStatus::KeyExpired, r#"[{"name":"t","address":"$key","validUntil":1698645219000}]"#),
        ),
        (Outcome::RateLimited, says(429, ConnectionStatus::RateLimited, "null")),
        (Outcome::Down, DOWN),
        (Outcome::Testnet, AGENT),
    ],
};

fn claim(request: &ExchangeRequest) -> Option<Claim> {
    let body = request.json();
    Some(Claim::at(body["user"].as_str()?, 0).asks_json(&body, &[]))
}
