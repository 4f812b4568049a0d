//! Binance.com and Binance.US. Both answer a wrong address with the code that may mean three things.

use super::{Freshness, SignedParts, StandIn, value};
use crate::request::ExchangeRequest;

pub(super) static BINANCE: StandIn = StandIn {
    id: "binance",
    parts,
    freshness: Freshness::Window { past: 5_000, future: 1_000 },
    passphrase: None,
    last: None,
    answers: &[include_str!("binance.json"), include_str!("binance_both.json")],
};

/// Has no way to say that a key may withdraw: the flags are the account's.
pub(super) static BINANCE_US: StandIn =
    StandIn { id: "binanceus", answers: &[include_str!("binance_both.json")], ..BINANCE };

fn parts(request: &ExchangeRequest) -> Option<SignedParts> {
    let query = request.query();
    let parts = SignedParts::new(request.header("X-MBX-APIKEY")?, value(&query, "timestamp")?)?;
    Some(parts.asks(query, &["timestamp", "recvWindow", "signature"]))
}
