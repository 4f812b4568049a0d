//! OKX. Signature: timestamp, method, path with query, body; HMAC-SHA-256 in base64. The passphrase goes along in the clear.

use super::{
    Access, Answer, Call, Credentials, Environment, Exchange, KeyType, Method, Moment, Permissions, Request, Site,
    Status, Unsignable, Verdict, any_credentials,
    crypto::{HMAC_SHA256, encoded, iso_millis, mac_base64},
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

fn read(_: &Credentials, _: &Call, answer: &Answer) -> Verdict {
    let body = answer.json();
    let Some(code) = body["code"].as_str() else { return answer.by_http_status() };
    let account = &body["data"][0];
    if code == "0" && account.is_object() {
        let words: Option<Vec<_>> = account["perm"].as_str().map(|perm| perm.split(',').map(str::trim).collect());
        let has = |word| words.as_ref().map(|words| words.contains(&word));
        let permissions =
            Permissions { read: Some(true), trade: has("trade"), withdraw: has("withdraw"), transfer: None };
        let access = Access::of_key(permissions).code(code);
        return Verdict::Accepted(match account["ip"].as_str() {
            Some(ips) => access.ips(ips.split(',')),
            None => access,
        });
    }
    let status = match code {
        "50111" | "50119" => Some(Status::InvalidKey),
        "50113" => Some(Status::InvalidSignature),
        "50105" => Some(Status::InvalidPassphrase),
        "50110" => Some(Status::IpNotAllowed),
        "50102" | "50112" => Some(Status::ClockSkew),
        "50120" | "50030" | "50114" | "50035" => Some(Status::PermissionDenied),
        "50011" | "50061" => Some(Status::RateLimited),
        "50101" => Some(Status::WrongEnvironment),
        "50100" | "50121" | "50051" => Some(Status::AccountRestricted),
        "50001" | "50013" | "50026" => Some(Status::ExchangeUnavailable),
        _ => None,
    };
    answer.refused(code, status)
}
