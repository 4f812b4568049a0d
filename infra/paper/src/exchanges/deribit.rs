//! Deribit. A success comes with tokens that nobody must keep; a wrong key, signature and clock get one answer.

use super::{Freshness, SignedParts, StandIn, value};
use crate::request::ExchangeRequest;

pub(super) static DERIBIT: StandIn = StandIn {
    id: "deribit",
    parts,
    freshness: Freshness::within(60),
    passphrase: None,
    last: None,
    answers: &[include_str!("deribit.json")],
};

fn parts(request: &ExchangeRequest) -> Option<SignedParts> {
    let query = request.query();
    let parts = SignedParts::new(value(&query, "client_id")?, value(&query, "timestamp")?)?;
    Some(parts.asks(query, &["client_id", "timestamp", "signature", "nonce", "data"]))
}
