//! `KuCoin`. Its `Transfer` is what others call withdrawal; a key that is idle for 30 days is deleted.

use super::{Freshness, SignedParts, StandIn};
use crate::request::ExchangeRequest;

pub(super) static KUCOIN: StandIn = StandIn {
    id: "kucoin",
    parts,
    freshness: Freshness::within(5),
    passphrase: Some("KC-API-PASSPHRASE"),
    last: None,
    answers: &[include_str!("kucoin.json")],
};

fn parts(request: &ExchangeRequest) -> Option<SignedParts> {
    let parts = SignedParts::new(request.header("KC-API-KEY")?, request.header("KC-API-TIMESTAMP")?)?;
    Some(parts.asks(request.query(), &[]))
}
