//! Crypto.com Exchange. Signature: method, id, key, parameters by name, nonce; HMAC-SHA-256 in hex, inside the JSON body. No
//! call describes a key.

use serde_json::{Map, Value, json};

use super::{
    Call, ConnectionStatus, Credentials, Exchange, ExchangeAnswer, Interpretation, KeyInfo, KeyType, Moment, Request,
    Site, Unsignable,
    answer::{code_in, text},
    any_credentials,
    crypto::{HMAC_SHA256, mac_hex},
    refusals::RefusalTable,
};

pub(super) static EXCHANGE: Exchange = Exchange {
    id: "cryptocom",
    name: "Crypto.com",
    key_types: &[KeyType::Hmac],
    has_passphrase: false,
    sites: &[Site::live("api.crypto.com"), Site::testnet("uat-api.3ona.co")],
    check: any_credentials,
    question: |_, _| Call::post("/exchange/v1/private/user-balance"),
    sign,
    read,
};

fn sign(credentials: &Credentials, site: &Site, call: &Call, moment: &Moment) -> Result<Request, Unsignable> {
    let (key, nonce) = (credentials.api_key.as_str(), moment.unix_ms.to_string());
    let method = call.path.trim_start_matches("/exchange/v1/");
    let mut pairs = call.pairs();
    pairs.sort();
    let params: String = pairs.into_iter().flat_map(|(name, value)| [name, value]).collect();
    // The nonce serves as the id too.
    let signature = mac_hex(HMAC_SHA256, &credentials.secret, &format!("{method}{nonce}{key}{params}{nonce}"));
    let params: Map<_, _> = call.params.iter().cloned().collect();
    let body =
        json!({"id": nonce, "method": method, "params": params, "api_key": key, "sig": signature, "nonce": nonce});
    Ok(Request::new(site, call, "").header("Content-Type", "application/json")?.body(body.to_string()))
}

fn read(_: &Credentials, _: &Call, answer: &ExchangeAnswer) -> Interpretation {
    let body = answer.json();
    let code = code_in(&body["code"]);
    let is_balances = |balances: &Vec<Value>| balances.iter().all(Value::is_object);
    if code.as_deref() == Some("0")
        && answer.status == 200
        && body["result"]["data"].as_array().is_some_and(is_balances)
    {
        return Interpretation::Accepted(KeyInfo::unknown().code("0"));
    }
    REFUSALS.read(answer, code.as_deref(), text(&body["message"]))
}

/// Numbers from 10002 to 10007 are those of the version before this one.
const REFUSALS: RefusalTable = RefusalTable {
    codes: &[
        (ConnectionStatus::AmbiguousCredentials, &["40101", "10002"]),
        (ConnectionStatus::ClockSkew, &["40102", "10007"]),
        (ConnectionStatus::IpNotAllowed, &["40103", "10003"]),
        // Suspended, not active, or of a tier that may not use the API.
        (ConnectionStatus::AccountRestricted, &["202", "406", "410", "40104", "10005"]),
        (ConnectionStatus::RateLimited, &["42901", "10006"]),
        (ConnectionStatus::ExchangeUnavailable, &["40801", "50001", "9010001"]),
    ],
    ..RefusalTable::NONE
};
