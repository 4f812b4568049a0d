//! Bitstamp. Signature: key, method, host, path with query, content type, nonce, time, version, body; HMAC-SHA-256 in hex. No
//! call describes a key.

use serde_json::Value;

use super::{
    Call, ConnectionStatus, Credentials, Exchange, ExchangeAnswer, Interpretation, KeyInfo, KeyType, Method, Moment,
    Request, Site, Unsignable,
    answer::code_in,
    any_credentials,
    crypto::{HMAC_SHA256, encoded, hex, mac_hex},
    refusals::RefusalTable,
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

fn read(_: &Credentials, _: &Call, answer: &ExchangeAnswer) -> Interpretation {
    let body = answer.json();
    if let Some(balances) = body.as_array() {
        return match answer.status {
            200 if balances.iter().all(|balance| balance["currency"].is_string()) => {
                Interpretation::Accepted(KeyInfo::unknown())
            }
            _ => answer.by_http_status(),
        };
    }
    let code = [&body["code"], &body["response_code"]].into_iter().find_map(code_in);
    let said = ["reason", "error"].map(|field| all_texts(&body[field])).join(" ");
    REFUSALS.read(answer, code.as_deref(), &said)
}

/// All texts in a value: reasons come as one, or as lists by field.
fn all_texts(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(values) => values.iter().map(all_texts).collect::<Vec<_>>().join(" "),
        Value::Object(fields) => fields.values().map(all_texts).collect::<Vec<_>>().join(" "),
        _ => String::new(),
    }
}

/// Older errors have a text alone.
const REFUSALS: RefusalTable = RefusalTable {
    codes: &[
        (ConnectionStatus::InvalidKey, &["API0001"]),
        (ConnectionStatus::InvalidSignature, &["API0005"]),
        (ConnectionStatus::NonceConflict, &["API0004"]),
        (ConnectionStatus::ClockSkew, &["API0017"]),
        (ConnectionStatus::AccountRestricted, &["403.004"]),
        (ConnectionStatus::RateLimited, &["400.002"]),
    ],
    // Seen for keys that are not active yet and for keys that are none.
    mixed: &[(
        "API0011",
        &[(ConnectionStatus::InvalidKey, &["wrong api key format"]), (ConnectionStatus::KeyExpired, &[""])],
    )],
    words: &[
        (ConnectionStatus::InvalidKey, &["api key not found", "wrong api key format"]),
        (ConnectionStatus::InvalidSignature, &["invalid signature"]),
        (ConnectionStatus::NonceConflict, &["invalid nonce"]),
        (ConnectionStatus::AmbiguousCredentials, &["authentication failed", "missing key, signature and nonce"]),
        (ConnectionStatus::IpNotAllowed, &["ip address not allowed", "ip not allowed"]),
        (ConnectionStatus::PermissionDenied, &["no permission found"]),
        (
            ConnectionStatus::AccountRestricted,
            &["account is frozen", "unavailable for your account", "fatca information"],
        ),
        (ConnectionStatus::ExchangeUnavailable, &["order could not be placed"]),
    ],
    ..RefusalTable::NONE
};
