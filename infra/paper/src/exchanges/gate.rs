//! Gate. The list of keys shows how a key begins.

use super::{Freshness, SignedParts, StandIn};
use crate::request::ExchangeRequest;

pub(super) static GATE: StandIn = StandIn {
    id: "gate",
    parts,
    freshness: Freshness::within(60),
    passphrase: None,
    last: None,
    answers: &[include_str!("gate.json")],
};

fn parts(request: &ExchangeRequest) -> Option<SignedParts> {
    let seconds: i64 = request.header("Timestamp")?.parse().ok()?;
    Some(SignedParts::at(request.header("KEY")?, seconds.checked_mul(1_000)?).asks(request.query(), &[]))
}
