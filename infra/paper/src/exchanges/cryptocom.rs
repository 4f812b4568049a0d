//! Crypto.com. One code for a wrong key and a wrong signature; no call describes a key.

use super::{Freshness, SignedParts, StandIn};
use crate::request::ExchangeRequest;

pub(super) static CRYPTOCOM: StandIn = StandIn {
    id: "cryptocom",
    parts,
    freshness: Freshness::within(60),
    passphrase: None,
    last: None,
    answers: &[include_str!("cryptocom.json")],
};

fn parts(request: &ExchangeRequest) -> Option<SignedParts> {
    let body = request.json();
    let parts = SignedParts::new(body["api_key"].as_str()?, body["nonce"].as_str()?)?;
    Some(parts.asks_json(&body["params"], &[]))
}
