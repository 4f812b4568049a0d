//! Kraken (spot). Signature: path, then SHA-256 of nonce and body, under the decoded secret; HMAC-SHA-512 in base64.
//! Errors come with HTTP 200.

use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::Value;
use shared::time::Timestamp;
use zeroize::Zeroizing;

use super::{
    Call, ConnectionStatus, Credentials, Exchange, ExchangeAnswer, Interpretation, KeyInfo, KeyType, Moment,
    Permissions, Request, Site, Unsignable,
    answer::{has_any, texts},
    crypto::{HMAC_SHA512, encoded, mac, sha256},
    refusals::RefusalTable,
};

pub(super) static EXCHANGE: Exchange = Exchange {
    id: "kraken",
    name: "Kraken",
    key_types: &[KeyType::Hmac],
    has_passphrase: false,
    sites: &[Site::live("api.kraken.com")],
    check: |credentials| match secret(credentials) {
        Ok(_) => Ok(()),
        Err(Unsignable) => Err(("secret", "secret must be base64, as Kraken gives it out")),
    },
    // The one private operation that needs no permission at all.
    question: |_, _| Call::post("/0/private/GetApiKeyInfo"),
    sign,
    read,
};

/// The bytes that sign.
pub(super) fn secret(credentials: &Credentials) -> Result<Zeroizing<Vec<u8>>, Unsignable> {
    BASE64_STANDARD.decode(credentials.secret.as_bytes()).map(Zeroizing::new).map_err(|_| Unsignable)
}

/// The nonce is milliseconds: a finer clock would lock out every program of the user that counts in these.
fn sign(credentials: &Credentials, site: &Site, call: &Call, moment: &Moment) -> Result<Request, Unsignable> {
    let nonce = moment.unix_ms.to_string();
    let mut pairs = vec![("nonce".to_owned(), nonce.clone())];
    pairs.extend(call.pairs());
    let body = encoded(&pairs);
    let digest = sha256(format!("{nonce}{body}").as_bytes());
    let signed = [call.path.as_bytes(), digest.as_ref()].concat();
    let signature = mac(HMAC_SHA512, &secret(credentials)?, &signed);
    Request::new(site, call, "")
        .body(body)
        .header("Content-Type", "application/x-www-form-urlencoded")?
        .header("API-Key", credentials.api_key.as_str())?
        .header("API-Sign", BASE64_STANDARD.encode(signature))
}

fn read(_: &Credentials, _: &Call, answer: &ExchangeAnswer) -> Interpretation {
    let body = answer.json();
    let Some(errors) = texts(&body["error"]) else { return REFUSALS.read(answer, None, "") };
    if errors.is_empty() && body["result"].get("permissions").is_some() {
        return Interpretation::Accepted(info(&body["result"]));
    }
    let known = errors.into_iter().find_map(|error| {
        // Of an outage only the class is kept: what follows is free text.
        let code = if error.starts_with("EService:") { "EService" } else { error };
        REFUSALS.known(Some(code), "")
    });
    known.unwrap_or_else(|| answer.by_http_status())
}

/// The words find these refusals under other classes, too.
const REFUSALS: RefusalTable = RefusalTable {
    codes: &[
        (ConnectionStatus::InvalidKey, &["EAPI:Invalid key"]),
        (ConnectionStatus::InvalidSignature, &["EAPI:Invalid signature"]),
        (ConnectionStatus::AmbiguousCredentials, &["ESession:Invalid session"]),
        (ConnectionStatus::NonceConflict, &["EAPI:Invalid nonce"]),
        (ConnectionStatus::PermissionDenied, &["EGeneral:Permission denied", "EAccount:Invalid permissions"]),
        (
            ConnectionStatus::AccountRestricted,
            &["EAuth:Account temporary disabled", "EAuth:Account unconfirmed", "ETrade:User Locked", "ETrade:Locked"],
        ),
        (
            ConnectionStatus::RateLimited,
            &["EAPI:Rate limit exceeded", "EGeneral:Temporary lockout", "EGeneral:Too many requests"],
        ),
        (ConnectionStatus::ExchangeUnavailable, &["EService", "EGeneral:Internal error", "EDatabase:Internal error"]),
    ],
    words: &[
        (ConnectionStatus::NonceConflict, &[":invalid nonce"]),
        (ConnectionStatus::ExchangeUnavailable, &[":internal error"]),
    ],
    ..RefusalTable::NONE
};

fn info(key: &Value) -> KeyInfo {
    let granted = texts(&key["permissions"]);
    let has = |words: &[&str]| has_any(granted.as_ref(), words);
    let reads = |granted: &Vec<&str>| granted.iter().any(|word| word.starts_with("query-"));
    let permissions = Permissions {
        read: granted.as_ref().filter(|granted| !granted.is_empty()).map(reads),
        trade: has(&["modify-trades", "close-trades"]),
        withdraw: has(&["withdraw-funds", "add-withdraw-address", "update-withdraw-address"]),
        transfer: None,
    };
    let until = key["validUntil"].as_str().and_then(|text| text.parse().ok()).filter(|second| *second > 0);
    KeyInfo::of_key(permissions).known_ips(texts(&key["ipAllowlist"])).until(until.map(Timestamp::from_second))
}
