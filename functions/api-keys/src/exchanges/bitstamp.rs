//! Bitstamp. Signature: key, method, host, path with query, content type, nonce, time, version, body; HMAC-SHA-256 in hex. No
//! call describes a key.

use super::{
    Access, Answer, Call, Credentials, Exchange, KeyType, Method, Moment, Request, Site, Status, Unsignable, Verdict,
    any_credentials,
    crypto::{HMAC_SHA256, encoded, hex, mac_hex},
};

pub(super) static EXCHANGE: Exchange = Exchange {
    id: "bitstamp",
    name: "Bitstamp",
    key_types: &[KeyType::Hmac],
    has_passphrase: false,
    sites: &[Site::live("www.bitstamp.net")],
    check: any_credentials,
    question: |_, _| Call::post("/api/v2/account_balances/"),
    sign,
    read,
};

/// An empty body must come without a content type, else it is refused.
fn sign(credentials: &Credentials, site: &Site, call: &Call, moment: &Moment) -> Result<Request, Unsignable> {
    const FORM: &str = "application/x-www-form-urlencoded";
    let (query, body) = match call.method {
        Method::Get => (encoded(&call.pairs()), String::new()),
        Method::Post => (String::new(), encoded(&call.pairs())),
    };
    let content_type = if body.is_empty() { "" } else { FORM };
    let (nonce, time) = (uuid(&moment.nonce), moment.unix_ms.to_string());
    let key = format!("BITSTAMP {}", credentials.api_key.as_str());
    let mut request = Request::new(site, call, &query);
    let (method, target) = (call.method.as_str(), request.target.as_str());
    let signed = format!("{key}{method}{}{target}{content_type}{nonce}{time}v2{body}", site.host);
    if !body.is_empty() {
        request = request.header("Content-Type", content_type)?.body(body);
    }
    request
        .header("X-Auth", key)?
        .header("X-Auth-Nonce", nonce)?
        .header("X-Auth-Timestamp", time)?
        .header("X-Auth-Version", "v2")?
        .header("X-Auth-Signature", mac_hex(HMAC_SHA256, &credentials.secret, &signed))
}

/// The first half of the nonce, in the form of a UUID.
fn uuid(nonce: &[u8; 32]) -> String {
    [&nonce[..4], &nonce[4..6], &nonce[6..8], &nonce[8..10], &nonce[10..16]].map(hex).join("-")
}

fn read(_: &Credentials, _: &Call, answer: &Answer) -> Verdict {
    let body = answer.json();
    if let Some(balances) = body.as_array() {
        return match answer.status {
            200 if balances.iter().all(|balance| balance["currency"].is_string()) => {
                Verdict::Accepted(Access::unknown())
            }
            _ => answer.by_http_status(),
        };
    }
    let text = [&body["reason"], &body["error"]].into_iter().find_map(|text| text.as_str()).unwrap_or_default();
    let Some(code) = [&body["code"], &body["response_code"]].into_iter().find_map(|code| code.as_str()) else {
        return answer.worded(by_text(text));
    };
    let status = match code {
        "API0001" => Some(Status::InvalidKey),
        "API0005" => Some(Status::InvalidSignature),
        "API0004" => Some(Status::NonceConflict),
        "400.002" => Some(Status::RateLimited),
        // Seen for keys that are not active yet and for keys that are none.
        "API0011" if text == "Wrong API key format" => Some(Status::InvalidKey),
        "API0011" => Some(Status::KeyExpired),
        _ => return answer.worded(by_text(text)),
    };
    answer.refused(code, status)
}

/// Older errors have a text alone.
fn by_text(text: &str) -> Option<Status> {
    let text = text.to_lowercase();
    let has = |words| text.contains(words);
    match () {
        () if has("no permission found") => Some(Status::PermissionDenied),
        () if has("ip") && has("not allowed") => Some(Status::IpNotAllowed),
        () if has("api key not found") => Some(Status::InvalidKey),
        () if has("invalid signature") => Some(Status::InvalidSignature),
        () if has("invalid nonce") => Some(Status::NonceConflict),
        () if has("account is frozen") => Some(Status::AccountRestricted),
        () => None,
    }
}
