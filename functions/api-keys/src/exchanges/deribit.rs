//! Deribit. The question signs in: timestamp, nonce, data; HMAC-SHA-256 in hex, in the query. Only that answer tells the scope
//! of the key. Its tokens are left where they are. Every other call carries its signature in a header.

use super::{
    Call, ConnectionStatus, Credentials, Exchange, ExchangeAnswer, Interpretation, KeyInfo, KeyType, Method, Moment,
    Permissions, Request, Site, Unsignable,
    answer::{code_in, text},
    any_credentials,
    binance::any,
    crypto::{HMAC_SHA256, encoded, mac_hex},
    refusals::RefusalTable,
};

pub(super) static EXCHANGE: Exchange = Exchange {
    id: "deribit",
    name: "Deribit",
    key_types: &[KeyType::Hmac],
    has_passphrase: false,
    sites: &[Site::live("www.deribit.com"), Site::testnet("test.deribit.com")],
    check: any_credentials,
    question: |_, _| Call::get(AUTH).with("grant_type", "client_signature"),
    sign,
    read,
};

const AUTH: &str = "/api/v2/public/auth";

fn sign(credentials: &Credentials, site: &Site, call: &Call, moment: &Moment) -> Result<Request, Unsignable> {
    let (key, time) = (credentials.api_key.as_str(), moment.unix_ms.to_string());
    let nonce = &time;
    if call.path == AUTH {
        let signature = mac_hex(HMAC_SHA256, &credentials.secret, &format!("{time}\n{nonce}\n"));
        let call = call.clone().with("client_id", key).with("timestamp", time.as_str()).with("signature", signature);
        let call = call.with("nonce", nonce.as_str()).with("data", "");
        return Ok(Request::new(site, &call, &encoded(&call.pairs())));
    }
    let (query, body) = match call.method {
        Method::Get => (encoded(&call.pairs()), String::new()),
        Method::Post => (String::new(), call.json()),
    };
    let mut request = Request::new(site, call, &query);
    let signed = format!("{time}\n{nonce}\n{}\n{}\n{body}\n", call.method.as_str(), request.target.as_str());
    if call.method == Method::Post {
        request = request.header("Content-Type", "application/json")?.body(body);
    }
    let signature = mac_hex(HMAC_SHA256, &credentials.secret, &signed);
    request.header("Authorization", format!("deri-hmac-sha256 id={key},ts={time},sig={signature},nonce={nonce}"))
}

fn read(_: &Credentials, _: &Call, answer: &ExchangeAnswer) -> Interpretation {
    let body = answer.json();
    match body["result"]["scope"].as_str() {
        Some(scope) if answer.status == 200 => Interpretation::Accepted(KeyInfo::of_key(permissions(scope))),
        _ => REFUSALS.read(answer, code_in(&body["error"]["code"]).as_deref(), text(&body["error"]["message"])),
    }
}

const REFUSALS: RefusalTable = RefusalTable {
    codes: &[
        (
            ConnectionStatus::AmbiguousCredentials,
            &["10000", "12000", "12998", "12999", "13000", "13004", "13006", "13007", "13009"],
        ),
        (ConnectionStatus::PermissionDenied, &["11042", "13012", "13021"]),
        // The API is off for the account, which is not active, blocked, locked, or has not proven who it is.
        (ConnectionStatus::AccountRestricted, &["9999", "10019", "13001", "13002", "13031", "13037"]),
        (ConnectionStatus::GeoBlocked, &["12005"]),
        (ConnectionStatus::RateLimited, &["10028", "10047", "10066", "11035", "11093", "12001", "12003"]),
        (
            ConnectionStatus::ExchangeUnavailable,
            &["10040", "10041", "11051", "11094", "13025", "13028", "13503", "13888"],
        ),
    ],
    ..RefusalTable::NONE
};

/// Words like `trade:read_write` and `wallet:none`. A group that is left out is unknown.
fn permissions(scope: &str) -> Permissions {
    let words: Vec<_> = scope.split_whitespace().filter_map(|word| word.split_once(':')).collect();
    let level = |group: &str| words.iter().find(|word| word.0 == group).map(|word| word.1);
    let [account, trade, wallet] = ["account", "trade", "wallet"].map(level);
    let reads = |level: Option<&str>| match level? {
        "none" => Some(false),
        "read" | "read_write" => Some(true),
        _ => None,
    };
    let writes = |level: Option<&str>| match level? {
        "none" | "read" => Some(false),
        "read_write" => Some(true),
        _ => None,
    };
    Permissions {
        read: any([account, trade, wallet].map(reads)),
        trade: writes(trade),
        withdraw: writes(wallet),
        transfer: None,
    }
}
