//! MEXC (spot). Signature: the percent-encoded query, HMAC-SHA-256 in lower-case hex, as the last parameter.

use super::{
    Call, ConnectionStatus, Credentials, Exchange, ExchangeAnswer, Interpretation, KeyInfo, KeyType, Moment, Request,
    Site, Unsignable,
    answer::{code_in, text},
    any_credentials,
    crypto::{HMAC_SHA256, encoded, mac_hex},
    refusals::RefusalTable,
};

pub(super) static EXCHANGE: Exchange = Exchange {
    id: "mexc",
    name: "MEXC",
    key_types: &[KeyType::Hmac],
    has_passphrase: false,
    sites: &[Site::live("api.mexc.com")],
    check: any_credentials,
    question: |_, _| Call::get("/api/v3/account"),
    sign,
    read,
};

/// Parameters of a POST go into the query too.
fn sign(credentials: &Credentials, site: &Site, call: &Call, moment: &Moment) -> Result<Request, Unsignable> {
    let mut pairs = vec![("timestamp".to_owned(), moment.unix_ms.to_string())];
    pairs.extend(call.pairs());
    pairs.push(("recvWindow".to_owned(), "5000".to_owned()));
    let signed = encoded(&pairs);
    let signature = mac_hex(HMAC_SHA256, &credentials.secret, &signed);
    Request::new(site, call, &format!("{signed}&signature={signature}"))
        .header("X-MEXC-APIKEY", credentials.api_key.as_str())
}

/// The flags of a success are the account's, not the key's.
fn read(_: &Credentials, _: &Call, answer: &ExchangeAnswer) -> Interpretation {
    let body = answer.json();
    if answer.status == 200 && body["balances"].is_array() {
        return Interpretation::Accepted(KeyInfo::unknown());
    }
    // What stands before the exchange has another word for its texts.
    let said = [text(&body["msg"]), text(&body["message"])].join(" ");
    REFUSALS.read(answer, code_in(&body["code"]).as_deref(), &said)
}

const REFUSALS: RefusalTable = RefusalTable {
    codes: &[
        (ConnectionStatus::InvalidKey, &["10072", "700001", "10001"]),
        (ConnectionStatus::InvalidSignature, &["700002", "602"]),
        // The gateway in front of the exchange stops requests of a form that it does not like, whatever the key.
        (ConnectionStatus::AmbiguousCredentials, &["700013", "403"]),
        (ConnectionStatus::IpNotAllowed, &["700006", "406"]),
        (ConnectionStatus::ClockSkew, &["700003", "700005", "10073"]),
        (ConnectionStatus::PermissionDenied, &["700007", "401", "511", "701", "702", "703", "704"]),
        (ConnectionStatus::KeyExpired, &["402"]),
        // Under risk control, abnormal, not allowed to trade, a forbidden sub-account.
        (ConnectionStatus::AccountRestricted, &["10098", "30018", "60005", "140002", "730100"]),
        (ConnectionStatus::RateLimited, &["429", "510"]),
        (ConnectionStatus::ExchangeUnavailable, &["500", "501", "503", "504", "604", "801", "11444", "20002"]),
    ],
    words: &[(ConnectionStatus::ExchangeUnavailable, &["maintenance"])],
    // A firewall stands before the exchange; its 403 means too many or too odd requests.
    http: &[(403, ConnectionStatus::RateLimited)],
    ..RefusalTable::NONE
};
