//! OKX, which tells live keys from demo keys, and deletes a key when it expires.

use super::{Freshness, SignedParts, StandIn};
use crate::request::ExchangeRequest;

pub(super) static OKX: StandIn = StandIn {
    id: "okx",
    parts,
    freshness: Freshness::within(30),
    passphrase: Some("OK-ACCESS-PASSPHRASE"),
    last: None,
    answers: &[include_str!("okx.json")],
};

fn parts(request: &ExchangeRequest) -> Option<SignedParts> {
    let moment: jiff::Timestamp = request.header("OK-ACCESS-TIMESTAMP")?.parse().ok()?;
    let parts = SignedParts::at(request.header("OK-ACCESS-KEY")?, moment.as_millisecond());
    Some(parts.asks(request.query(), &[]))
}
