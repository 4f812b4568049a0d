//! Bitstamp. No call describes a key.

use uuid::Uuid;

use super::{Freshness, SignedParts, StandIn};
use crate::request::ExchangeRequest;

pub(super) static BITSTAMP: StandIn = StandIn {
    id: "bitstamp",
    parts,
    freshness: Freshness::Once { past: 150_000, future: 150_000 },
    passphrase: None,
    last: None,
    answers: &[include_str!("bitstamp.json")],
};

fn parts(request: &ExchangeRequest) -> Option<SignedParts> {
    // A content type without content is refused.
    let is_odd = request.body.is_empty() && request.header("Content-Type").is_some();
    let key = request.header("X-Auth")?.strip_prefix("BITSTAMP ").filter(|_| !is_odd)?;
    let nonce: Uuid = request.header("X-Auth-Nonce")?.parse().ok()?;
    let parts = SignedParts::new(key, request.header("X-Auth-Timestamp")?)?.nonce(nonce.as_bytes())?;
    Some(parts.asks(request.form(), &[]))
}
