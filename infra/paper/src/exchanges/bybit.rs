//! Bybit. Errors come with HTTP 200.

use super::{Freshness, SignedParts, StandIn};
use crate::request::ExchangeRequest;

pub(super) static BYBIT: StandIn = StandIn {
    id: "bybit",
    parts,
    freshness: Freshness::Window { past: 5_000, future: 1_000 },
    passphrase: None,
    last: None,
    answers: &[include_str!("bybit.json")],
};

fn parts(request: &ExchangeRequest) -> Option<SignedParts> {
    let parts = SignedParts::new(request.header("X-BAPI-API-KEY")?, request.header("X-BAPI-TIMESTAMP")?)?;
    Some(parts.asks(request.query(), &[]))
}
