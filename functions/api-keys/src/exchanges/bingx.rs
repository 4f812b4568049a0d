//! BingX. Signature: the parameters by name, unencoded; HMAC-SHA-256 in hex, as the last parameter. Errors come with HTTP 200.

use serde_json::Value;

use super::{
    Call, ConnectionStatus, Credentials, Exchange, ExchangeAnswer, Interpretation, KeyInfo, KeyType, Moment,
    Permissions, Request, Site, Unsignable,
    answer::{code_in, flag, listed, text, texts},
    any_credentials,
    binance::any,
    crypto::{HMAC_SHA256, encoded, mac_hex, unencoded},
    refusals::RefusalTable,
};

pub(super) static EXCHANGE: Exchange = Exchange {
    id: "bingx",
    name: "BingX",
    key_types: &[KeyType::Hmac],
    has_passphrase: false,
    sites: &[Site::live("open-api.bingx.com"), Site::demo("open-api-vst.bingx.com")],
    check: any_credentials,
    question: |_, _| Call::get("/openApi/v1/account/apiPermissions"),
    sign,
    read,
};

fn sign(credentials: &Credentials, site: &Site, call: &Call, moment: &Moment) -> Result<Request, Unsignable> {
    let mut pairs = call.pairs();
    pairs.push(("timestamp".to_owned(), moment.unix_ms.to_string()));
    pairs.sort();
    let signature = mac_hex(HMAC_SHA256, &credentials.secret, &unencoded(&pairs));
    let query = format!("{}&signature={signature}", encoded(&pairs));
    Request::new(site, call, &query).header("X-BX-APIKEY", credentials.api_key.as_str())
}

fn read(_: &Credentials, _: &Call, answer: &ExchangeAnswer) -> Interpretation {
    let body = answer.json();
    let code = code_in(&body["code"]);
    if answer.status == 200
        && code.as_deref() == Some("0")
        && let Some(info) = info(&body["data"])
    {
        return Interpretation::Accepted(info.code("0"));
    }
    // Some clients have seen the description without anything around it.
    if answer.status == 200
        && body["code"].is_null()
        && let Some(info) = info(body)
    {
        return Interpretation::Accepted(info);
    }
    REFUSALS.read(answer, code.as_deref(), text(&body["msg"]))
}

const REFUSALS: RefusalTable = RefusalTable {
    codes: &[
        (ConnectionStatus::InvalidKey, &["100413"]),
        (ConnectionStatus::InvalidSignature, &["100001", "100412"]),
        (ConnectionStatus::AmbiguousCredentials, &["401"]),
        (ConnectionStatus::IpNotAllowed, &["100419"]),
        (ConnectionStatus::ClockSkew, &["80014"]),
        (ConnectionStatus::PermissionDenied, &["403", "100004"]),
        (ConnectionStatus::AccountRestricted, &["100414", "100441"]),
        (ConnectionStatus::RateLimited, &["418", "429", "100410"]),
        (ConnectionStatus::ExchangeUnavailable, &["500", "503", "504", "100500", "100503", "109500", "110500"]),
    ],
    mixed: &[(
        "100421",
        &[
            (ConnectionStatus::ClockSkew, &["timestamp"]),
            (ConnectionStatus::ExchangeUnavailable, &["busy"]),
            (ConnectionStatus::PermissionDenied, &["pair", "restricted"]),
        ],
    )],
    ..RefusalTable::NONE
};

/// Two descriptions of a key are known: a list of numbers, and flags with Binance's names.
fn info(key: &Value) -> Option<KeyInfo> {
    const FLAGS: [&str; 6] = [
        "enableReading",
        "enableSpotAndMarginTrading",
        "enableFutures",
        "enableWithdrawals",
        "enableInternalTransfer",
        "permitsUniversalTransfer",
    ];
    let numbers = &key["permissions"];
    if numbers.is_null() && !FLAGS.iter().any(|name| key[name].is_boolean()) {
        return None;
    }
    let [read, spot, perpetual, withdraw, internal, universal] = if numbers.is_null() {
        FLAGS.map(|name| flag(&key[name]))
    } else {
        [2, 1, 3, 5, 7, 4].map(|number| listed(numbers, Value::as_i64, number))
    };
    // Numbers do not know options.
    let options = if numbers.is_null() { flag(&key["enableVanillaOptions"]) } else { Some(false) };
    let permissions =
        Permissions { read, trade: any([spot, perpetual, options]), withdraw, transfer: any([internal, universal]) };
    let info = match texts(&key["ipAddresses"]) {
        Some(ips) => KeyInfo::of_key(permissions).ips(ips),
        None => KeyInfo::of_key(permissions),
    };
    let ip_restricted = flag(&key["ipRestrict"]).or(info.ip_restricted);
    // Transfers within the exchange may go to other users: only without that right they surely do not.
    let can_pay_others = internal.filter(|internal| !internal);
    Some(KeyInfo { ip_restricted, can_pay_others, ..info })
}
