//! BitMEX. Signature: method, path with query, expiry in seconds, body; HMAC-SHA-256 in hex. Errors have no codes, only texts.

use serde_json::Value;

use super::{
    Access, Answer, Call, Credentials, Exchange, KeyType, Method, Moment, Permissions, Request, Site, Status,
    Unsignable, Verdict,
    answer::{flag, listed, texts},
    any_credentials,
    binance::any,
    crypto::{HMAC_SHA256, encoded, mac_hex},
};

pub(super) static EXCHANGE: Exchange = Exchange {
    id: "bitmex",
    name: "BitMEX",
    key_types: &[KeyType::Hmac],
    has_passphrase: false,
    sites: &[Site::live("www.bitmex.com"), Site::testnet("testnet.bitmex.com")],
    check: any_credentials,
    question: |_, _| Call::get("/api/v1/apiKey"),
    sign,
    read,
};

fn sign(credentials: &Credentials, site: &Site, call: &Call, moment: &Moment) -> Result<Request, Unsignable> {
    let expires = moment.unix_ms.div_euclid(1000) + 60;
    let (query, body) = match call.method {
        Method::Get => (encoded(&call.pairs()), String::new()),
        Method::Post => (String::new(), call.json()),
    };
    let mut request = Request::new(site, call, &query);
    let signed = format!("{}{}{expires}{body}", call.method.as_str(), request.target.as_str());
    if call.method == Method::Post {
        request = request.header("Content-Type", "application/json")?.body(body);
    }
    request
        .header("api-key", credentials.api_key.as_str())?
        .header("api-expires", expires.to_string())?
        .header("api-signature", mac_hex(HMAC_SHA256, &credentials.secret, &signed))
}

/// The answer lists every key of the account.
fn read(credentials: &Credentials, _: &Call, answer: &Answer) -> Verdict {
    let is_key = |key: &Value| key["id"].is_string();
    let Some(keys) = answer.json().as_array().filter(|keys| answer.status == 200 && keys.iter().all(is_key)) else {
        return refusal(answer);
    };
    match keys.iter().find(|key| key["id"] == credentials.api_key.as_str()) {
        Some(key) if flag(&key["enabled"]) == Some(false) => answer.worded(Some(Status::KeyExpired)),
        Some(key) => Verdict::Accepted(access(key)),
        None => answer.worded(Some(Status::InvalidKey)),
    }
}

/// Reading needs no permission of its own.
fn access(key: &Value) -> Access {
    let has = |word| listed(&key["permissions"], Value::as_str, word);
    let access = Access::of_key(Permissions {
        read: Some(true),
        trade: any([has("order"), has("orderCancel")]),
        withdraw: has("withdraw"),
        transfer: None,
    });
    // `cidr` is the older field, with room for one network.
    let networks = match &key["cidrs"] {
        Value::Null => key["cidr"].as_str().map(|network| vec![network]),
        networks => texts(networks),
    };
    match networks {
        Some(networks) if networks.iter().any(|network| ["0.0.0.0/0", "::/0"].contains(network)) => access.ips([]),
        Some(networks) => access.ips(networks),
        None => access,
    }
}

fn refusal(answer: &Answer) -> Verdict {
    let Some(message) = answer.json()["error"]["message"].as_str() else {
        // What stands before the exchange bans addresses with a page.
        let is_ban = answer.status == 403 && answer.text().trim_start().starts_with('<');
        return answer.worded(is_ban.then_some(Status::RateLimited));
    };
    let message = message.to_lowercase();
    let has = |words| message.contains(words);
    answer.worded(match () {
        () if has("invalid api key") => Some(Status::InvalidKey),
        () if has("signature not valid") => Some(Status::InvalidSignature),
        () if has("has expired") => Some(Status::ClockSkew),
        () if has("key is disabled") => Some(Status::KeyExpired),
        () if has("ip") && has("not allowed") => Some(Status::IpNotAllowed),
        () if has("access denied") => Some(Status::PermissionDenied),
        () => None,
    })
}
