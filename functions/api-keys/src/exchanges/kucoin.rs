//! `KuCoin`. Signature: time, method, path with unencoded query, body; HMAC-SHA-256 in base64. The passphrase goes along
//! under an HMAC of its own.

use serde_json::Value;

use super::{
    Call, ConnectionStatus, Credentials, Exchange, ExchangeAnswer, Interpretation, KeyInfo, KeyType, Method, Moment,
    Permissions, Request, Site, Unsignable,
    answer::{code_in, has_any, text, words},
    any_credentials,
    crypto::{HMAC_SHA256, encoded, mac_base64, unencoded},
    refusals::RefusalTable,
};

pub(super) static EXCHANGE: Exchange = Exchange {
    id: "kucoin",
    name: "KuCoin",
    key_types: &[KeyType::Hmac],
    has_passphrase: true,
    sites: &[Site::live("api.kucoin.com")],
    check: any_credentials,
    question: |_, _| Call::get("/api/v1/user/api-key"),
    sign,
    read,
};

fn sign(credentials: &Credentials, site: &Site, call: &Call, moment: &Moment) -> Result<Request, Unsignable> {
    let (timestamp, method, path) = (moment.unix_ms.to_string(), call.method.as_str(), &call.path);
    let (request, signed) = match call.method {
        Method::Get if call.params.is_empty() => (Request::new(site, call, ""), format!("{timestamp}{method}{path}")),
        Method::Get => {
            let pairs = call.pairs();
            let signed = format!("{timestamp}{method}{path}?{}", unencoded(&pairs));
            (Request::new(site, call, &encoded(&pairs)), signed)
        }
        Method::Post => {
            let body = call.json();
            let signed = format!("{timestamp}{method}{path}{body}");
            (Request::new(site, call, "").header("Content-Type", "application/json")?.body(body), signed)
        }
    };
    let mac = |text: &str| mac_base64(HMAC_SHA256, &credentials.secret, text);
    request
        .header("KC-API-KEY-VERSION", "2")?
        .header("KC-API-KEY", credentials.api_key.as_str())?
        .header("KC-API-TIMESTAMP", timestamp)?
        .header("KC-API-PASSPHRASE", mac(credentials.passphrase()))?
        .header("KC-API-SIGN", mac(&signed))
}

fn read(_: &Credentials, _: &Call, answer: &ExchangeAnswer) -> Interpretation {
    let body = answer.json();
    let code = code_in(&body["code"]);
    if let (Some(code @ "200000"), Some(_)) = (code.as_deref(), body["data"].get("permission")) {
        return Interpretation::Accepted(info(&body["data"]).code(code));
    }
    REFUSALS.read(answer, code.as_deref(), text(&body["msg"]))
}

const REFUSALS: RefusalTable = RefusalTable {
    codes: &[
        (ConnectionStatus::InvalidKey, &["400003", "401"]),
        (ConnectionStatus::InvalidSignature, &["400005"]),
        (ConnectionStatus::InvalidPassphrase, &["400004"]),
        // 400001: one of the headers is missing or empty; which one it does not say.
        (ConnectionStatus::AmbiguousCredentials, &["400001", "400401"]),
        (ConnectionStatus::IpNotAllowed, &["400006"]),
        (ConnectionStatus::ClockSkew, &["400002"]),
        (ConnectionStatus::PermissionDenied, &["400007"]),
        // Frozen, restricted, without proof of identity.
        (ConnectionStatus::AccountRestricted, &["411100", "400303", "130201", "130302", "126047", "126048"]),
        (
            ConnectionStatus::GeoBlocked,
            &["400302", "400500", "40010", "126021", "126037", "126045", "126046", "130315"],
        ),
        (ConnectionStatus::RateLimited, &["429000", "429", "1015", "200002"]),
        (ConnectionStatus::ExchangeUnavailable, &["500000", "500", "503", "408000"]),
    ],
    words: &[(ConnectionStatus::PermissionDenied, &["require more permission"])],
    ..RefusalTable::NONE
};

/// Their `Transfer` is what others call withdrawal.
fn info(key: &Value) -> KeyInfo {
    let granted = words(&key["permission"]);
    let has = |words: &[&str]| has_any(granted.as_ref(), words);
    let permissions = Permissions {
        read: Some(true),
        trade: has(&["Spot", "Margin", "Futures", "Earn"]),
        withdraw: has(&["Transfer"]),
        transfer: has(&["InnerTransfer", "Transfer"]),
    };
    // A key without addresses has no list: their documents say so.
    let ips = match &key["ipWhitelist"] {
        Value::Null => Some(Vec::new()),
        list => words(list),
    };
    KeyInfo::of_key(permissions).known_ips(ips)
}
