//! Bitfinex. Errors come with HTTP 500. What it says of a wrong address is not recorded.

use super::{Freshness, SignedParts, StandIn};
use crate::request::ExchangeRequest;

pub(super) static BITFINEX: StandIn = StandIn {
    id: "bitfinex",
    parts,
    freshness: Freshness::Rising,
    passphrase: None,
    last: None,
    answers: &[include_str!("bitfinex.json")],
};

fn parts(request: &ExchangeRequest) -> Option<SignedParts> {
    let parts = SignedParts::new(request.header("bfx-apikey")?, request.header("bfx-nonce")?)?;
    Some(parts.asks_json(&request.json(), &[]))
}
