//! HTX. Signature: method, host, path and sorted encoded query, on lines of their own; HMAC-SHA-256 or Ed25519 in base64, as
//! the last parameter. Errors come with HTTP 200, most of them under one code.

use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::Value;

use super::{
    Call, ConnectionStatus, Credentials, Exchange, ExchangeAnswer, Interpretation, KeyInfo, KeyType, Method, Moment,
    Permissions, Request, Site, Unsignable,
    answer::{code_in, has_any, text, words},
    crypto::{HMAC_SHA256, ed25519, encoded, mac_base64, parses, percent},
    refusals::RefusalTable,
};

pub(super) static EXCHANGE: Exchange = Exchange {
    id: "htx",
    name: "HTX",
    key_types: &[KeyType::Hmac, KeyType::Ed25519],
    has_passphrase: false,
    sites: &[Site::live("api.huobi.pro")],
    check: parses,
    question: |_, _| Call::get(UID),
    sign,
    read,
};

/// Whose key it is. The key itself can only be asked for with this number.
const UID: &str = "/v2/user/uid";

const KEY: &str = "/v2/user/api-key";

fn sign(credentials: &Credentials, site: &Site, call: &Call, moment: &Moment) -> Result<Request, Unsignable> {
    // Seconds, to the nearest: the window is minutes.
    let seconds = (moment.unix_ms + 500).div_euclid(1000);
    let timestamp = jiff::Timestamp::from_second(seconds).map_err(|_| Unsignable)?.to_string();
    let method = match credentials.key_type {
        KeyType::Ed25519 => "Ed25519",
        _ => "HmacSHA256",
    };
    let own = [
        ("AccessKeyId", credentials.api_key.as_str()),
        ("SignatureMethod", method),
        ("SignatureVersion", "2"),
        ("Timestamp", timestamp.trim_end_matches('Z')),
    ];
    let mut pairs: Vec<_> = own.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    if call.method == Method::Get {
        pairs.extend(call.pairs());
    }
    pairs.sort();
    let query = encoded(&pairs);
    let signed = format!("{}\n{}\n{}\n{query}", call.method.as_str(), site.host, call.path);
    let signature = match credentials.key_type {
        KeyType::Ed25519 => BASE64_STANDARD.encode(ed25519(&credentials.secret, signed.as_bytes())?),
        _ => mac_base64(HMAC_SHA256, &credentials.secret, &signed),
    };
    let request = Request::new(site, call, &format!("{query}&Signature={}", percent(&signature)));
    match call.method {
        Method::Get => Ok(request),
        Method::Post => request.header("Content-Type", "application/json").map(|request| request.body(call.json())),
    }
}

fn read(credentials: &Credentials, call: &Call, answer: &ExchangeAnswer) -> Interpretation {
    let (body, key) = (answer.json(), credentials.api_key.as_str());
    let (code, data) = (code_in(&body["code"]), &body["data"]);
    if code.as_deref() == Some("200") {
        return match (data.as_u64(), data.as_array()) {
            (Some(uid), _) if call.path == UID => {
                Interpretation::Ask(Call::get(KEY).with("uid", uid).with("accessKey", key))
            }
            (_, Some(keys)) => ours(keys, key).map_or_else(|| answer.by_http_status(), read_key),
            _ => answer.by_http_status(),
        };
    }
    let code = code.or_else(|| code_in(&body["err-code"]));
    let said = [text(&body["err-msg"]), text(&body["message"])].join(" ");
    REFUSALS.read(answer, code.as_deref(), &said)
}

/// The fixed parts of the texts that tell errors under one code apart.
const SIGNATURE: &[(ConnectionStatus, &[&str])] = &[
    (ConnectionStatus::InvalidKey, &["incorrect access key"]),
    (ConnectionStatus::InvalidSignature, &["verification failure"]),
    (ConnectionStatus::IpNotAllowed, &["incorrect ip address"]),
    (ConnectionStatus::ClockSkew, &["submission time", "timestamp"]),
    (ConnectionStatus::PermissionDenied, &["api key has no permission"]),
    (ConnectionStatus::KeyExpired, &["api key has expired"]),
    (ConnectionStatus::AccountRestricted, &["abnormal user status"]),
    (ConnectionStatus::AmbiguousCredentials, &[""]),
];

const REFUSALS: RefusalTable = RefusalTable {
    codes: &[
        (ConnectionStatus::InvalidKey, &["403"]),
        (ConnectionStatus::InvalidSignature, &["1003", "api-signature-check-failed"]),
        (ConnectionStatus::AmbiguousCredentials, &["login-required"]),
        (ConnectionStatus::PermissionDenied, &["1002"]),
        (
            ConnectionStatus::RateLimited,
            &["429", "base-request-exceed-frequency-limit", "rate-too-many-requests", "too-many-requests"],
        ),
        (
            ConnectionStatus::ExchangeUnavailable,
            &["500", "system-maintenance", "maintain", "gateway-internal-error", "order-update-error", "timeout"],
        ),
    ],
    mixed: &[("api-signature-not-valid", SIGNATURE)],
    words: &[
        (ConnectionStatus::PermissionDenied, &["api key has no permission"]),
        (ConnectionStatus::ExchangeUnavailable, &["contract is restricted of closing positions on api"]),
    ],
    ..RefusalTable::NONE
};

/// The entry of our key. Parts of a key may be hidden behind `XXXX`: then an entry that stands alone is the one asked for.
fn ours<'a>(keys: &'a [Value], api_key: &str) -> Option<&'a Value> {
    let name = |key: &'a Value| key["accessKey"].as_str().unwrap_or_default();
    match keys {
        [only] if name(only).contains("XXXX") => Some(only),
        _ => keys.iter().find(|key| name(key) == api_key),
    }
}

/// `validDays` counts down from today, which is not known here: only `status` tells the end of a key.
fn read_key(key: &Value) -> Interpretation {
    match key["status"].as_str() {
        Some("normal") => {}
        Some("expired") => return Interpretation::Refused { status: ConnectionStatus::KeyExpired, code: None },
        _ => return Interpretation::Refused { status: ConnectionStatus::UnrecognisedResponse, code: None },
    }
    let granted = words(&key["permission"]);
    let has = |word| has_any(granted.as_ref(), &[word]);
    let permissions = Permissions { read: Some(true), trade: has("trade"), withdraw: has("withdraw"), transfer: None };
    Interpretation::Accepted(KeyInfo::of_key(permissions).known_ips(words(&key["ipAddresses"])).code("200"))
}
