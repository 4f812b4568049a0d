//! Bybit. Signature: time, key, window, then query or body; HMAC-SHA-256 in hex, or RSA in base64. Errors come with HTTP 200.

use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::Value;
use shared::time::Timestamp;

use super::{
    Access, Answer, Call, Credentials, Exchange, KeyType, Method, Moment, Permissions, Request, Site, Status,
    Unsignable, Verdict,
    answer::{has_any, texts},
    binance::any,
    crypto::{HMAC_SHA256, encoded, mac_hex, parses, rsa},
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

fn read(_: &Credentials, _: &Call, answer: &Answer) -> Verdict {
    let body = answer.json();
    let code = body["retCode"].as_i64();
    if code == Some(0) && body["result"].get("permissions").is_some() {
        return Verdict::Accepted(access(&body["result"]).code("0"));
    }
    let status = match code {
        Some(10003) => Some(Status::InvalidKey),
        Some(10004) => Some(Status::InvalidSignature),
        Some(10007) => Some(Status::AmbiguousCredentials),
        Some(10010) => Some(Status::IpNotAllowed),
        Some(10002) => Some(Status::ClockSkew),
        Some(10005) => Some(Status::PermissionDenied),
        Some(33004) => Some(Status::KeyExpired),
        Some(10008 | 10024) => Some(Status::AccountRestricted),
        Some(10009) => Some(Status::GeoBlocked),
        Some(10006 | 10018 | 10429) => Some(Status::RateLimited),
        Some(10000 | 10016 | 10019) => Some(Status::ExchangeUnavailable),
        _ => None,
    };
    match (code, status) {
        (Some(code), Some(_)) => answer.refused(code, status),
        // Callers from some countries are turned away before the request is looked at.
        _ if answer.status == 403 => Verdict::Refused { status: Status::GeoBlocked, code: None },
        _ => answer.by_http_status(),
    }
}

/// What `query-api` says of the key. The groups stay filled in a key that may only read.
fn access(key: &Value) -> Access {
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
    let wallet = texts(&groups["Wallet"]);
    let permissions = Permissions {
        read: Some(true),
        trade: and_writes(any(TRADE.map(|group| groups[group].as_array().map(|entries| !entries.is_empty())))),
        withdraw: and_writes(has_any(wallet.as_ref(), &["Withdraw"])),
        transfer: and_writes(has_any(wallet.as_ref(), &["AccountTransfer", "SubMemberTransfer"])),
    };
    let ips = texts(&key["ips"]).map(|ips| if ips.contains(&"*") { Vec::new() } else { ips });
    let access = Access::of_key(permissions).known_ips(ips);
    // Only keys without addresses end by themselves; the others carry a date that means nothing.
    match access.ip_restricted {
        Some(false) => access.until(expiry(&key["expiredAt"])),
        _ => access,
    }
}

/// 1970 stands for never.
fn expiry(value: &Value) -> Option<Timestamp> {
    let at = value.as_str()?.parse::<jiff::Timestamp>().ok()?.as_second();
    (at > 365 * 24 * 3600).then_some(Timestamp::from_second(at))
}
