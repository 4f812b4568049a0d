//! OKX. Signature: timestamp, method, path with query, body; HMAC-SHA-256 in base64. The passphrase goes along in the clear.

use serde_json::Value;

use super::{
    Call, ConnectionStatus, Credentials, Environment, Exchange, ExchangeAnswer, Interpretation, KeyInfo, KeyType,
    Method, Moment, Permissions, Request, Site, Unsignable,
    answer::{code_in, has_any, text, words},
    any_credentials,
    crypto::{HMAC_SHA256, encoded, iso_millis, mac_base64},
    refusals::RefusalTable,
};

pub(super) static EXCHANGE: Exchange = Exchange {
    id: "okx",
    name: "OKX",
    key_types: &[KeyType::Hmac],
    has_passphrase: true,
    sites: &[
        Site::live("www.okx.com"),
        Site::regional("us", "us.okx.com"),
        Site::regional("au", "us.okx.com"),
        Site::regional("eea", "eea.okx.com"),
        Site::demo("www.okx.com"),
        Site { environment: Environment::Demo, ..Site::regional("us", "us.okx.com") },
        Site { environment: Environment::Demo, ..Site::regional("au", "us.okx.com") },
        Site { environment: Environment::Demo, ..Site::regional("eea", "eea.okx.com") },
    ],
    check: any_credentials,
    question: |_, _| Call::get("/api/v5/account/config"),
    sign,
    read,
};

fn sign(credentials: &Credentials, site: &Site, call: &Call, moment: &Moment) -> Result<Request, Unsignable> {
    let timestamp = iso_millis(moment.unix_ms)?;
    let (query, body) = match call.method {
        Method::Get => (encoded(&call.pairs()), String::new()),
        Method::Post => (String::new(), call.json()),
    };
    let mut request = Request::new(site, call, &query);
    let signed = format!("{timestamp}{}{}{body}", call.method.as_str(), request.target.as_str());
    if call.method == Method::Post {
        request = request.header("Content-Type", "application/json")?.body(body);
    }
    if site.environment == Environment::Demo {
        request = request.header("x-simulated-trading", "1")?;
    }
    request
        .header("OK-ACCESS-KEY", credentials.api_key.as_str())?
        .header("OK-ACCESS-SIGN", mac_base64(HMAC_SHA256, &credentials.secret, &signed))?
        .header("OK-ACCESS-TIMESTAMP", timestamp)?
        .header("OK-ACCESS-PASSPHRASE", credentials.passphrase())
}

fn read(_: &Credentials, _: &Call, answer: &ExchangeAnswer) -> Interpretation {
    let body = answer.json();
    let code = code_in(&body["code"]);
    match (code.as_deref(), &body["data"][0]) {
        (Some(code @ "0"), account) if account.is_object() => Interpretation::Accepted(info(account).code(code)),
        _ => REFUSALS.read(answer, code.as_deref(), text(&body["msg"])),
    }
}

/// Every key may at least read, so `perm` without a word was not filled in.
fn info(account: &Value) -> KeyInfo {
    let granted = words(&account["perm"]);
    let has = |word| has_any(granted.as_ref(), &[word]);
    let read = granted.as_ref().filter(|granted| !granted.is_empty()).map(|_| true);
    let permissions = Permissions { read, trade: has("trade"), withdraw: has("withdraw"), transfer: None };
    KeyInfo::of_key(permissions).known_ips(words(&account["ip"]))
}

/// Numbers below 5000 and from 60000 on are what its WebSocket calls these refusals.
const REFUSALS: RefusalTable = RefusalTable {
    codes: &[
        (ConnectionStatus::InvalidKey, &["50103", "50111", "50119", "50008", "60001", "60005", "60032", "4007"]),
        (ConnectionStatus::InvalidSignature, &["50106", "50113", "60002", "60007"]),
        (ConnectionStatus::InvalidPassphrase, &["50104", "50105", "60003", "60024"]),
        (ConnectionStatus::AmbiguousCredentials, &["4001", "60009"]),
        (ConnectionStatus::IpNotAllowed, &["50110", "50118"]),
        (ConnectionStatus::ClockSkew, &["50102", "50107", "50112", "60004", "60006"]),
        (ConnectionStatus::PermissionDenied, &["50030", "50035", "50041", "50114", "50120"]),
        (ConnectionStatus::WrongEnvironment, &["50038", "50053", "50101"]),
        (
            ConnectionStatus::AccountRestricted,
            &[
                // Blocked, in liquidation, of an invalid status, under risk control, without proof of identity.
                "50007", "50009", "50012", "50019", "50022", "50027", "50029", "50051", "50052", "50059", "50060",
                "50100", "50121", "51009", "51024", "58004", "58101", "58204", "59113", "59508",
            ],
        ),
        (ConnectionStatus::GeoBlocked, &["51155", "51773"]),
        (
            ConnectionStatus::RateLimited,
            &["50011", "50040", "50061", "51113", "58102", "60014", "60023", "4003", "4008"],
        ),
        (
            ConnectionStatus::ExchangeUnavailable,
            &[
                "50001", "50004", "50005", "50013", "50026", "50046", "50062", "51767", "51774", "60016", "64008",
                "4005",
            ],
        ),
    ],
    words: &[(ConnectionStatus::ExchangeUnavailable, &["server error"])],
    ..RefusalTable::NONE
};
