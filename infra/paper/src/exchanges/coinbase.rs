//! Coinbase. One plain word for a wrong key, signature, clock and address.

use super::{Freshness, SignedParts, StandIn};
use crate::{jwt, keys::unhex, request::ExchangeRequest};

pub(super) static COINBASE: StandIn = StandIn {
    id: "coinbase",
    parts,
    freshness: Freshness::Window { past: 120_000, future: 10_000 },
    passphrase: None,
    last: None,
    answers: &[include_str!("coinbase.json")],
};

fn parts(request: &ExchangeRequest) -> Option<SignedParts> {
    let (header, claims) = jwt::parts(request.header("Authorization")?)?;
    let moment = claims["nbf"].as_i64()?.checked_mul(1_000)?;
    let parts = SignedParts::at(claims["sub"].as_str()?, moment).nonce(&unhex(header["nonce"].as_str()?)?)?;
    Some(parts.asks(request.query(), &[]))
}
