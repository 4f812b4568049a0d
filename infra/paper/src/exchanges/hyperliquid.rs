//! Hyperliquid. Nothing is signed: it lists the agents of a master wallet, and an agent cannot withdraw.

use super::{Freshness, SignedParts, StandIn};
use crate::request::ExchangeRequest;

pub(super) static HYPERLIQUID: StandIn = StandIn {
    id: "hyperliquid",
    parts,
    freshness: Freshness::Any,
    passphrase: None,
    last: None,
    answers: &[include_str!("hyperliquid.json")],
};

fn parts(request: &ExchangeRequest) -> Option<SignedParts> {
    let body = request.json();
    Some(SignedParts::at(body["user"].as_str()?, 0).asks_json(&body, &[]))
}
