//! Bybit. Signature: time, key, window, then query or body; HMAC-SHA-256 in hex, or RSA in base64. Errors come with HTTP 200.

use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::Value;
use shared::time::Timestamp;

use super::{
    Call, ConnectionStatus, Credentials, Exchange, ExchangeAnswer, Interpretation, KeyInfo, KeyType, Method, Moment,
    Permissions, Request, Site, Unsignable,
    answer::{code_in, text, texts},
    binance::any,
    crypto::{HMAC_SHA256, encoded, mac_hex, parses, rsa},
    refusals::RefusalTable,
};

pub(super) static EXCHANGE: Exchange = Exchange {
    id: "bybit",
    name: "Bybit",
    key_types: &[KeyType::Hmac, KeyType::Rsa],
    has_passphrase: false,
    sites: &[
        Site::live("api.bybit.com"),
        Site::regional("nl", "api.bybit.nl"),
        Site::regional("tr", "api.bybit.tr"),
        Site::regional("kz", "api.bybit.kz"),
        Site::regional("ae", "api.bybit.ae"),
        Site::regional("eu", "api.bybit.eu"),
        Site::regional("id", "api.bybit.id"),
        Site::regional("ge", "api.bybitgeorgia.ge"),
        Site::regional("jp", "api.manepa.jp"),
        Site::testnet("api-testnet.bybit.com"),
        Site::demo("api-demo.bybit.com"),
    ],
    check: parses,
    question: |_, _| Call::get("/v5/user/query-api"),
    sign,
    read,
};

const WINDOW: &str = "5000";

/// Groups of permissions in which any entry allows some kind of trade.
const TRADE: [&str; 7] = ["ContractTrade", "Spot", "Options", "Derivatives", "CopyTrading", "BlockTrade", "Earn"];

fn sign(credentials: &Credentials, site: &Site, call: &Call, moment: &Moment) -> Result<Request, Unsignable> {
    let (timestamp, key) = (moment.unix_ms.to_string(), credentials.api_key.as_str());
    let (query, body) = match call.method {
        Method::Get => (encoded(&call.pairs()), String::new()),
        Method::Post => (String::new(), call.json()),
    };
    let signed = format!("{timestamp}{key}{WINDOW}{query}{body}");
    let signature = match credentials.key_type {
        KeyType::Rsa => BASE64_STANDARD.encode(rsa(&credentials.secret, signed.as_bytes())?),
        _ => mac_hex(HMAC_SHA256, &credentials.secret, &signed),
    };
    let mut request = Request::new(site, call, &query);
    if call.method == Method::Post {
        request = request.header("Content-Type", "application/json")?.body(body);
    }
    request
        .header("X-BAPI-API-KEY", key)?
        .header("X-BAPI-TIMESTAMP", timestamp)?
        .header("X-BAPI-RECV-WINDOW", WINDOW)?
        .header("X-BAPI-SIGN", signature)
}

fn read(_: &Credentials, _: &Call, answer: &ExchangeAnswer) -> Interpretation {
    let body = answer.json();
    // The API before this one wrote its fields in another way, and parts of it still answer.
    let code = code_in(&body["retCode"]).or_else(|| code_in(&body["ret_code"]));
    if code.as_deref() == Some("0") && body["result"].get("permissions").is_some() {
        return Interpretation::Accepted(info(&body["result"]).code("0"));
    }
    REFUSALS.read(answer, code.as_deref(), &[text(&body["retMsg"]), text(&body["ret_msg"])].join(" "))
}

const REFUSALS: RefusalTable = RefusalTable {
    codes: &[
        (ConnectionStatus::InvalidKey, &["10003"]),
        (ConnectionStatus::InvalidSignature, &["10004"]),
        (ConnectionStatus::AmbiguousCredentials, &["10007"]),
        // 10009: the address is banned.
        (ConnectionStatus::IpNotAllowed, &["10010", "10009"]),
        (ConnectionStatus::ClockSkew, &["10002", "-1"]),
        (ConnectionStatus::PermissionDenied, &["10005"]),
        (ConnectionStatus::KeyExpired, &["33004", "-2015"]),
        // Banned, stopped by compliance rules, not allowed to trade, without proof of identity, of a kind that may not ask.
        (
            ConnectionStatus::AccountRestricted,
            &["10008", "10020", "10024", "10027", "10028", "131004", "140067", "170201", "176037"],
        ),
        (ConnectionStatus::GeoBlocked, &["170209"]),
        (
            ConnectionStatus::RateLimited,
            &["429", "10006", "10018", "10403", "10429", "20003", "30033", "30035", "170222"],
        ),
        (ConnectionStatus::ExchangeUnavailable, &["5004", "10000", "10016", "10019", "170007", "340099"]),
    ],
    words: &[
        (ConnectionStatus::InvalidKey, &["invalid api_key"]),
        (ConnectionStatus::AmbiguousCredentials, &["sign params error"]),
        (ConnectionStatus::ExchangeUnavailable, &["request timeout"]),
    ],
    // Callers from some countries are turned away before the request is looked at. Where it is for too many requests, words say so.
    http: &[(403, ConnectionStatus::GeoBlocked)],
    ..RefusalTable::NONE
};

/// What `query-api` says of the key. The groups stay filled in a key that may only read.
fn info(key: &Value) -> KeyInfo {
    let groups = &key["permissions"];
    let writes = match key["readOnly"].as_i64() {
        Some(0) => Some(true),
        Some(1) => Some(false),
        _ => None,
    };
    let and_writes = |listed: Option<bool>| match (writes, listed) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (Some(true), listed) => listed,
        (None, _) => None,
    };
    // An empty group is how Bybit says no. Where all of them are empty, none was filled in.
    let is_told = groups.as_object().is_some_and(|groups| groups.values().any(|group| !is_empty(group)));
    let group = |name: &str| texts(&groups[name]).filter(|_| is_told);
    let wallet = |words: &[&str]| group("Wallet").map(|group| group.iter().any(|word| words.contains(word)));
    let permissions = Permissions {
        read: Some(true),
        trade: and_writes(any(TRADE.map(|name| group(name).map(|entries| !entries.is_empty())))),
        withdraw: and_writes(wallet(&["Withdraw"])),
        transfer: and_writes(wallet(&["AccountTransfer", "SubMemberTransfer"])),
    };
    let info = KeyInfo::of_key(permissions).known_ips(texts(&key["ips"]));
    // Only keys without addresses end by themselves; the others carry a date that means nothing.
    match info.ip_restricted {
        Some(false) => info.until(expiry(&key["expiredAt"])),
        _ => info,
    }
}

fn is_empty(group: &Value) -> bool {
    group.as_array().is_none_or(Vec::is_empty)
}

/// 1970 stands for never.
fn expiry(value: &Value) -> Option<Timestamp> {
    let at = value.as_str()?.parse::<jiff::Timestamp>().ok()?.as_second();
    (at > 365 * 24 * 3600).then_some(Timestamp::from_second(at))
}
