//! HTX. It asks whose key it is before it describes one. Errors come with HTTP 200, most of them under one code.

use jiff::{civil::DateTime, tz::TimeZone};

use super::{Freshness, SignedParts, StandIn, value};
use crate::request::ExchangeRequest;

pub(super) static HTX: StandIn = StandIn {
    id: "htx",
    parts,
    freshness: Freshness::within(300),
    passphrase: None,
    last: Some("/v2/user/api-key"),
    answers: &[include_str!("htx.json")],
};

fn parts(request: &ExchangeRequest) -> Option<SignedParts> {
    let query = request.query();
    let moment: DateTime = value(&query, "Timestamp")?.parse().ok()?;
    let moment = moment.to_zoned(TimeZone::UTC).ok()?.timestamp().as_millisecond();
    let parts = SignedParts::at(value(&query, "AccessKeyId")?, moment);
    Some(parts.asks(query, &["AccessKeyId", "SignatureMethod", "SignatureVersion", "Timestamp", "Signature"]))
}
