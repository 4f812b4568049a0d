//! Bitfinex. Signature: `/api`, path, nonce, body; HMAC-SHA-384 in hex. It answers errors with HTTP 500, as an array.

use serde_json::Value;

use super::{
    Access, Answer, Call, Credentials, Exchange, KeyType, Moment, Permissions, Request, Site, Status, Unsignable,
    Verdict, any_credentials,
    binance::any,
    crypto::{HMAC_SHA384, mac_hex},
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

fn read(_: &Credentials, _: &Call, answer: &Answer) -> Verdict {
    let body = answer.json();
    if body[0] == "error" || body["error"].is_string() {
        return refusal(answer);
    }
    match body.as_array() {
        Some(scopes)
            if answer.status == 200 && !scopes.is_empty() && scopes.iter().all(|scope| scope[0].is_string()) =>
        {
            Verdict::Accepted(Access::of_key(permissions(scopes)))
        }
        _ => answer.by_http_status(),
    }
}

/// Each scope is `[name, may read, may write]`, with 0 and 1.
fn permissions(scopes: &[Value]) -> Permissions {
    let may = |name: &str, column: usize| {
        let scope = scopes.iter().find(|scope| scope[0] == name)?;
        Some(match scope[column].as_i64() {
            Some(0) => Some(false),
            Some(1) => Some(true),
            _ => None,
        })
    };
    let main = |name, column| may(name, column).flatten();
    // Not every list has these: one that is not there takes nothing from what the others say.
    let further = |name, column| may(name, column).unwrap_or(Some(false));
    Permissions {
        read: any([
            main("account", 1),
            further("history", 1),
            main("orders", 1),
            further("positions", 1),
            further("funding", 1),
            main("wallets", 1),
        ]),
        trade: any([main("orders", 2), further("positions", 2), further("funding", 2)]),
        withdraw: any([main("withdraw", 2), further("ui_withdraw", 2)]),
        transfer: main("wallets", 2),
    }
}

/// `["error", code, text]`, or `{"error": "ERR_RATE_LIMIT"}` from what stands before the exchange.
fn refusal(answer: &Answer) -> Verdict {
    let body = answer.json();
    if body["error"] == "ERR_RATE_LIMIT" || body[1] == "ERR_RATE_LIMIT" {
        return answer.refused("ERR_RATE_LIMIT", Some(Status::RateLimited));
    }
    let text = body[2].as_str().unwrap_or_default();
    let code = body[1].as_i64();
    let status = match code {
        Some(10100) if text.contains("digest") => Some(Status::InvalidSignature),
        Some(10100) if text.contains("apikey: invalid") => Some(Status::InvalidKey),
        Some(10100) => Some(Status::AmbiguousCredentials),
        Some(10112 | 10113) => Some(Status::InvalidSignature),
        Some(10114) => Some(Status::NonceConflict),
        Some(10001) => Some(Status::PermissionDenied),
        Some(11010) => Some(Status::RateLimited),
        _ => None,
    };
    match (code, status, answer.status) {
        (Some(code), Some(_), _) => answer.refused(code, status),
        // The exchange is up: it has answered in its own form.
        (_, _, 500) if body.is_array() => Verdict::Refused { status: Status::UnrecognisedResponse, code: None },
        _ => answer.by_http_status(),
    }
}
