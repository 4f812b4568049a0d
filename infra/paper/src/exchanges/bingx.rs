//! `BingX`. Errors come with HTTP 200; a key that is idle for 14 days is deleted.

use super::{Freshness, SignedParts, StandIn, value};
use crate::request::ExchangeRequest;

pub(super) static BINGX: StandIn = StandIn {
    id: "bingx",
    parts,
    freshness: Freshness::within(5),
    passphrase: None,
    last: None,
    answers: &[include_str!("bingx.json")],
};

fn parts(request: &ExchangeRequest) -> Option<SignedParts> {
    let query = request.query();
    let parts = SignedParts::new(request.header("X-BX-APIKEY")?, value(&query, "timestamp")?)?;
    Some(parts.asks(query, &["timestamp", "signature"]))
}
