//! Bitget. Signature: time, method, path with sorted unencoded query, body; HMAC-SHA-256 in base64. The passphrase goes
//! along in the clear.

use serde_json::Value;

use super::{
    Access, Answer, Call, Credentials, Environment, Exchange, KeyType, Method, Moment, Permissions, Request, Site,
    Status, Unsignable, Verdict,
    answer::{has_any, texts, words},
    any_credentials,
    crypto::{HMAC_SHA256, encoded, mac_base64, unencoded},
};

pub(super) static EXCHANGE: Exchange = Exchange {
    id: "bitget",
    name: "Bitget",
    key_types: &[KeyType::Hmac],
    has_passphrase: true,
    sites: &[Site::live("api.bitget.com"), Site::demo("api.bitget.com")],
    check: any_credentials,
    question: |_, _| Call::get("/api/v2/spot/account/info"),
    sign,
    read,
};

/// Rights to write, and the one word for them that older keys have.
const TRADE: [&str; 7] = ["coow", "cpow", "stow", "smow", "p2p", "p2pw", "trade"];

fn sign(credentials: &Credentials, site: &Site, call: &Call, moment: &Moment) -> Result<Request, Unsignable> {
    let (timestamp, method, path) = (moment.unix_ms.to_string(), call.method.as_str(), &call.path);
    let (mut request, signed) = match call.method {
        Method::Get if call.params.is_empty() => (Request::new(site, call, ""), format!("{timestamp}{method}{path}")),
        Method::Get => {
            let mut pairs = call.pairs();
            pairs.sort();
            let signed = format!("{timestamp}{method}{path}?{}", unencoded(&pairs));
            (Request::new(site, call, &encoded(&pairs)), signed)
        }
        Method::Post => {
            let body = call.json();
            let signed = format!("{timestamp}{method}{path}{body}");
            (Request::new(site, call, "").header("Content-Type", "application/json")?.body(body), signed)
        }
    };
    if site.environment == Environment::Demo {
        request = request.header("PAPTRADING", "1")?;
    }
    request
        .header("ACCESS-KEY", credentials.api_key.as_str())?
        .header("ACCESS-SIGN", mac_base64(HMAC_SHA256, &credentials.secret, &signed))?
        .header("ACCESS-TIMESTAMP", timestamp)?
        .header("ACCESS-PASSPHRASE", credentials.passphrase())
}

fn read(_: &Credentials, _: &Call, answer: &Answer) -> Verdict {
    let body = answer.json();
    let Some(code) = body["code"].as_str() else { return answer.by_http_status() };
    if code == "00000" && body["data"].get("authorities").is_some() {
        return Verdict::Accepted(access(&body["data"]).code(code));
    }
    let status = match code {
        "40006" | "40037" => Some(Status::InvalidKey),
        "40009" => Some(Status::InvalidSignature),
        // The text of 40012 names the key too, but a key that is not known is 40006.
        "40012" | "40036" => Some(Status::InvalidPassphrase),
        "40018" | "40038" => Some(Status::IpNotAllowed),
        "40004" | "40005" | "40008" => Some(Status::ClockSkew),
        "40014" => Some(Status::PermissionDenied),
        "40013" | "40031" => Some(Status::AccountRestricted),
        "40000" | "40103" => Some(Status::GeoBlocked),
        "429" => Some(Status::RateLimited),
        "40010" => Some(Status::ExchangeUnavailable),
        _ => None,
    };
    answer.refused(code, status)
}

fn access(account: &Value) -> Access {
    let granted = texts(&account["authorities"]);
    let has = |words: &[&str]| has_any(granted.as_ref(), words);
    let permissions =
        Permissions { read: Some(true), trade: has(&TRADE), withdraw: has(&["wwow"]), transfer: has(&["wtow"]) };
    Access::of_key(permissions).known_ips(words(&account["ips"]))
}
