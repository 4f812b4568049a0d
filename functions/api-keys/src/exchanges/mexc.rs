//! MEXC (spot). Signature: the percent-encoded query, HMAC-SHA-256 in lower-case hex, as the last parameter.

use super::{
    Access, Answer, Call, Credentials, Exchange, KeyType, Moment, Request, Site, Status, Unsignable, Verdict,
    any_credentials,
    crypto::{HMAC_SHA256, encoded, mac_hex},
};

pub(super) static EXCHANGE: Exchange = Exchange {
    id: "mexc",
    name: "MEXC",
    key_types: &[KeyType::Hmac],
    has_passphrase: false,
    sites: &[Site::live("api.mexc.com")],
    check: any_credentials,
    question: |_, _| Call::get("/api/v3/account"),
    sign,
    read,
};

/// Parameters of a POST go into the query too.
fn sign(credentials: &Credentials, site: &Site, call: &Call, moment: &Moment) -> Result<Request, Unsignable> {
    let mut pairs = vec![("timestamp".to_owned(), moment.unix_ms.to_string())];
    pairs.extend(call.pairs());
    pairs.push(("recvWindow".to_owned(), "5000".to_owned()));
    let signed = encoded(&pairs);
    let signature = mac_hex(HMAC_SHA256, &credentials.secret, &signed);
    Request::new(site, call, &format!("{signed}&signature={signature}"))
        .header("X-MEXC-APIKEY", credentials.api_key.as_str())
}

/// The flags of a success are the account's, not the key's.
fn read(_: &Credentials, _: &Call, answer: &Answer) -> Verdict {
    let body = answer.json();
    if answer.status == 200 && body["balances"].is_array() {
        return Verdict::Accepted(Access::unknown());
    }
    let code = body["code"].as_i64();
    let status = match code {
        Some(10072 | 700_001) => Some(Status::InvalidKey),
        Some(700_002 | 602) => Some(Status::InvalidSignature),
        Some(700_006 | 406) => Some(Status::IpNotAllowed),
        Some(700_003 | 10073) => Some(Status::ClockSkew),
        Some(700_007 | 401) => Some(Status::PermissionDenied),
        Some(402) => Some(Status::KeyExpired),
        Some(10098) => Some(Status::AccountRestricted),
        Some(403 | 429 | 510) => Some(Status::RateLimited),
        _ => None,
    };
    match (code, status) {
        (Some(code), Some(_)) => answer.refused(code, status),
        // A firewall stands before the exchange; its 403 means too many or too odd requests.
        _ if answer.status == 403 => Verdict::Refused { status: Status::RateLimited, code: None },
        _ => answer.by_http_status(),
    }
}
