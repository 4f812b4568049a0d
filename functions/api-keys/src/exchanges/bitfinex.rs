//! Bitfinex. Signature: `/api`, path, nonce, body; HMAC-SHA-384 in hex. It answers errors with HTTP 500, as an array.

use serde_json::Value;

use super::{
    Call, ConnectionStatus, Credentials, Exchange, ExchangeAnswer, Interpretation, KeyInfo, KeyType, Moment,
    Permissions, Request, Site, Unsignable,
    answer::{code_in, text},
    any_credentials,
    binance::any,
    crypto::{HMAC_SHA384, mac_hex},
    refusals::RefusalTable,
};

pub(super) static EXCHANGE: Exchange = Exchange {
    id: "bitfinex",
    name: "Bitfinex",
    key_types: &[KeyType::Hmac],
    has_passphrase: false,
    sites: &[Site::live("api.bitfinex.com")],
    check: any_credentials,
    question: |_, _| Call::post("/v2/auth/r/permissions"),
    sign,
    read,
};

/// The nonce has 13 digits, although the exchange takes longer ones: those would shut out the user's own programs for ever.
fn sign(credentials: &Credentials, site: &Site, call: &Call, moment: &Moment) -> Result<Request, Unsignable> {
    let (nonce, body) = (moment.unix_ms, call.json());
    let signed = format!("/api{}{nonce}{body}", call.path);
    Request::new(site, call, "")
        .header("Content-Type", "application/json")?
        .header("bfx-nonce", nonce.to_string())?
        .header("bfx-apikey", credentials.api_key.as_str())?
        .header("bfx-signature", mac_hex(HMAC_SHA384, &credentials.secret, &signed))
        .map(|request| request.body(body))
}

fn read(_: &Credentials, _: &Call, answer: &ExchangeAnswer) -> Interpretation {
    let body = answer.json();
    if body[0] == "error" || body["error"].is_string() {
        return refusal(answer);
    }
    match body.as_array() {
        Some(scopes)
            if answer.status == 200 && !scopes.is_empty() && scopes.iter().all(|scope| scope[0].is_string()) =>
        {
            Interpretation::Accepted(KeyInfo::of_key(permissions(scopes)))
        }
        _ => REFUSALS.read(answer, None, ""),
    }
}

/// Each scope is `[name, may read, may write]`, with 0 and 1. One that is not in the list is unknown.
fn permissions(scopes: &[Value]) -> Permissions {
    let may = |name: &str, column: usize| {
        let scope = scopes.iter().find(|scope| scope[0] == name)?;
        match scope[column].as_i64()? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    };
    let reads = ["account", "history", "orders", "positions", "funding", "wallets"];
    Permissions {
        read: any(reads.map(|name| may(name, 1))),
        trade: any(["orders", "positions", "funding"].map(|name| may(name, 2))),
        withdraw: any(["withdraw", "ui_withdraw"].map(|name| may(name, 2))),
        transfer: may("wallets", 2),
    }
}

/// `["error", code, text]`, or `{"error": "ERR_RATE_LIMIT"}` from what stands before the exchange.
fn refusal(answer: &ExchangeAnswer) -> Interpretation {
    let body = answer.json();
    let code = code_in(&body[1]).or_else(|| code_in(&body["error"]));
    REFUSALS.known(code.as_deref(), text(&body[2])).unwrap_or_else(|| match answer.status {
        // The exchange is up: it has answered in its own form.
        500 if body.is_array() => {
            Interpretation::Refused { status: ConnectionStatus::UnrecognisedResponse, code: None }
        }
        _ => answer.by_http_status(),
    })
}

const REFUSALS: RefusalTable = RefusalTable {
    codes: &[
        (ConnectionStatus::AmbiguousCredentials, &["10111"]),
        (ConnectionStatus::InvalidSignature, &["10112", "10113"]),
        (ConnectionStatus::NonceConflict, &["10114"]),
        (ConnectionStatus::PermissionDenied, &["10001"]),
        (ConnectionStatus::RateLimited, &["11010", "ERR_RATE_LIMIT"]),
        (ConnectionStatus::ExchangeUnavailable, &["11000", "20051", "20060", "temporarily_unavailable"]),
    ],
    mixed: &[(
        "10100",
        &[
            (ConnectionStatus::InvalidSignature, &["digest"]),
            (ConnectionStatus::InvalidKey, &["apikey: invalid"]),
            (ConnectionStatus::AmbiguousCredentials, &[""]),
        ],
    )],
    ..RefusalTable::NONE
};
