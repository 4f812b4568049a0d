//! Kraken. Errors come with HTTP 200. What it says of a wrong address and of an expired key is not recorded.

use super::{Freshness, SignedParts, StandIn, value};
use crate::request::ExchangeRequest;

pub(super) static KRAKEN: StandIn = StandIn {
    id: "kraken",
    parts,
    freshness: Freshness::Rising,
    passphrase: None,
    last: None,
    answers: &[include_str!("kraken.json")],
};

fn parts(request: &ExchangeRequest) -> Option<SignedParts> {
    let form = request.form();
    let parts = SignedParts::new(request.header("API-Key")?, value(&form, "nonce")?)?;
    Some(parts.asks(form, &["nonce"]))
}
