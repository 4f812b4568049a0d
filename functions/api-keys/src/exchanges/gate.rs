//! Gate. Signature: method, path, unencoded query, SHA-512 of the body and seconds, on lines of their own; HMAC-SHA-512 in hex.

use serde_json::Value;

use super::{
    Call, ConnectionStatus, Credentials, Exchange, ExchangeAnswer, Interpretation, KeyInfo, KeyType, Method, Moment,
    Permissions, Request, Site, Unsignable,
    answer::{flag, text, texts},
    any_credentials,
    crypto::{HMAC_SHA512, encoded, hex, mac_hex, sha512, unencoded},
    refusals::RefusalTable,
};

pub(super) static EXCHANGE: Exchange = Exchange {
    id: "gate",
    name: "Gate",
    key_types: &[KeyType::Hmac],
    has_passphrase: false,
    sites: &[Site::live("api.gateio.ws"), Site::testnet("api-testnet.gateapi.io")],
    check: any_credentials,
    question: |_, _| Call::get(KEYS),
    sign,
    read,
};

/// The keys of the account with their rights. Keys of a sub-account may not ask.
const KEYS: &str = "/api/v4/account/main_keys";

/// The account: proves the key, and tells no more of it than its addresses.
const ACCOUNT: &str = "/api/v4/account/detail";

fn sign(credentials: &Credentials, site: &Site, call: &Call, moment: &Moment) -> Result<Request, Unsignable> {
    let seconds = moment.unix_ms.div_euclid(1000);
    let (pairs, body) = match call.method {
        Method::Get => (call.pairs(), String::new()),
        Method::Post => (Vec::new(), call.json()),
    };
    let (method, path, query) = (call.method.as_str(), &call.path, unencoded(&pairs));
    let signed = format!("{method}\n{path}\n{query}\n{}\n{seconds}", hex(sha512(body.as_bytes()).as_ref()));
    let mut request = Request::new(site, call, &encoded(&pairs));
    if call.method == Method::Post {
        request = request.header("Content-Type", "application/json")?.body(body);
    }
    request
        .header("KEY", credentials.api_key.as_str())?
        .header("Timestamp", seconds.to_string())?
        .header("SIGN", mac_hex(HMAC_SHA512, &credentials.secret, &signed))
}

fn read(credentials: &Credentials, call: &Call, answer: &ExchangeAnswer) -> Interpretation {
    let body = answer.json();
    if answer.status == 200 && (body.get("user_id").is_some() || body.get("ip_whitelist").is_some()) {
        return Interpretation::Accepted(KeyInfo::unknown().known_ips(texts(&body["ip_whitelist"])));
    }
    let may_ask_more = call.path == KEYS;
    if let (200, Some(keys)) = (answer.status, body.as_array()) {
        return match ours(keys, &credentials.api_key) {
            Some(key) => read_key(key),
            None if may_ask_more => Interpretation::Ask(Call::get(ACCOUNT)),
            None => answer.by_http_status(),
        };
    }
    let Some(label) = body["label"].as_str() else {
        return match answer.status {
            404 if may_ask_more => Interpretation::Ask(Call::get(ACCOUNT)),
            _ => REFUSALS.read(answer, None, text(&body["message"])),
        };
    };
    let known = REFUSALS.known(Some(label), text(&body["message"]));
    // What is no word on the credentials may be one on the list of keys alone.
    let is_of_the_list = match &known {
        Some(Interpretation::Refused { status, .. }) => *status == ConnectionStatus::PermissionDenied,
        _ => answer.status != 429 && answer.status < 500,
    };
    match known {
        _ if may_ask_more && is_of_the_list => Interpretation::Ask(Call::get(ACCOUNT)),
        Some(known) => known,
        None => answer.by_http_status(),
    }
}

const REFUSALS: RefusalTable = RefusalTable {
    codes: &[
        (ConnectionStatus::InvalidKey, &["INVALID_KEY"]),
        (ConnectionStatus::InvalidSignature, &["INVALID_SIGNATURE"]),
        (
            ConnectionStatus::AmbiguousCredentials,
            &["INVALID_CREDENTIALS", "AUTHENTICATION_FAILED", "UNAUTHORIZED", "MISSING_REQUIRED_HEADER"],
        ),
        (ConnectionStatus::IpNotAllowed, &["IP_FORBIDDEN"]),
        (ConnectionStatus::ClockSkew, &["REQUEST_EXPIRED"]),
        (ConnectionStatus::PermissionDenied, &["FORBIDDEN", "READ_ONLY", "USER_NOT_FOUND"]),
        (
            ConnectionStatus::AccountRestricted,
            &["ACCOUNT_LOCKED", "SUB_ACCOUNT_LOCKED", "ACCOUNT_EXCEPTION", "KYC_REQUIRED", "RISK_CONTROL"],
        ),
        (ConnectionStatus::RateLimited, &["TOO_MANY_REQUESTS", "TOO_FAST"]),
        // The last one is of withdrawals, for all accounts.
        (ConnectionStatus::ExchangeUnavailable, &["INTERNAL", "SERVER_ERROR", "TOO_BUSY", "API_WITHDRAW_DISABLED"]),
    ],
    ..RefusalTable::NONE
};

/// The one entry that can be our key. Keys are shown by their first or last characters, with stars for the rest.
fn ours<'a>(keys: &'a [Value], api_key: &str) -> Option<&'a Value> {
    let is_ours = |key: &&Value| {
        let is_hidden = |c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_';
        let shown = key["key"].as_str().unwrap_or_default();
        let start = shown.split(is_hidden).next().unwrap_or_default();
        let end = shown.rsplit(is_hidden).next().unwrap_or_default();
        start.len() + end.len() >= 4 && api_key.starts_with(start) && api_key.ends_with(end)
    };
    let mut matching = keys.iter().filter(is_ours);
    matching.next().filter(|_| matching.next().is_none())
}

fn read_key(key: &Value) -> Interpretation {
    if let Some(2 | 3) = key["state"].as_i64() {
        return Interpretation::Refused { status: ConnectionStatus::AccountRestricted, code: None };
    }
    let permissions = Permissions {
        read: Some(true),
        trade: can_write(key, |name| !matches!(name, "wallet" | "withdrawal")),
        withdraw: can_write(key, |name| name == "withdrawal"),
        transfer: can_write(key, |name| name == "wallet"),
    };
    Interpretation::Accepted(KeyInfo::of_key(permissions).known_ips(texts(&key["ip_whitelist"])))
}

/// Whether one of the granted rights with such a name goes beyond reading. Unknown when none does and one is unreadable, or when
/// no right at all is listed.
fn can_write(key: &Value, is_such: impl Fn(&str) -> bool) -> Option<bool> {
    let rights = key["perms"].as_array().filter(|rights| !rights.is_empty())?;
    let mut found = Some(false);
    for right in rights {
        let applies = right["name"].as_str().filter(|name| !name.is_empty()).map(&is_such);
        match (applies, flag(&right["read_only"])) {
            (Some(true), Some(false)) => return Some(true),
            (Some(false), _) | (_, Some(true)) => {}
            _ => found = None,
        }
    }
    found
}
