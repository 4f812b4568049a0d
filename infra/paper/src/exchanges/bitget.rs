//! Bitget. Paper trading is at the same host, with a header and keys of its own.

use super::{Freshness, SignedParts, StandIn};
use crate::request::ExchangeRequest;

pub(super) static BITGET: StandIn = StandIn {
    id: "bitget",
    parts,
    freshness: Freshness::within(30),
    passphrase: Some("ACCESS-PASSPHRASE"),
    last: None,
    answers: &[include_str!("bitget.json")],
};

fn parts(request: &ExchangeRequest) -> Option<SignedParts> {
    let parts = SignedParts::new(request.header("ACCESS-KEY")?, request.header("ACCESS-TIMESTAMP")?)?;
    Some(parts.asks(request.query(), &[]))
}
