//! Gemini. What it says of a wrong address is not recorded.

use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::Value;

use super::{Freshness, SignedParts, StandIn};
use crate::request::ExchangeRequest;

pub(super) static GEMINI: StandIn = StandIn {
    id: "gemini",
    parts,
    freshness: Freshness::Rising,
    passphrase: None,
    last: None,
    answers: &[include_str!("gemini.json")],
};

fn parts(request: &ExchangeRequest) -> Option<SignedParts> {
    let payload = BASE64_STANDARD.decode(request.header("X-GEMINI-PAYLOAD")?).ok()?;
    let payload: Value = serde_json::from_slice(&payload).ok()?;
    let parts = SignedParts::new(request.header("X-GEMINI-APIKEY")?, payload["nonce"].as_str()?)?;
    Some(parts.asks_json(&payload, &["request", "nonce"]))
}
