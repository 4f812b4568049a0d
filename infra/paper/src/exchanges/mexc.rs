//! MEXC. The flags of a success are the account's, so no key can say that it may withdraw.

use super::{Freshness, SignedParts, StandIn, value};
use crate::request::ExchangeRequest;

pub(super) static MEXC: StandIn = StandIn {
    id: "mexc",
    parts,
    freshness: Freshness::Window { past: 5_000, future: 1_000 },
    passphrase: None,
    last: None,
    answers: &[include_str!("mexc.json")],
};

fn parts(request: &ExchangeRequest) -> Option<SignedParts> {
    let query = request.query();
    let parts = SignedParts::new(request.header("X-MEXC-APIKEY")?, value(&query, "timestamp")?)?;
    Some(parts.asks(query, &["timestamp", "recvWindow", "signature"]))
}
