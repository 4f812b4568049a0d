//! Gemini. Signature: the JSON payload in base64, which goes along in a header; HMAC-SHA-384 in hex. The body stays empty.

use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::Value;

use super::{
    Access, Answer, Call, Credentials, Exchange, KeyType, Moment, Permissions, Request, Site, Status, Unsignable,
    Verdict,
    answer::flag,
    any_credentials,
    binance::any,
    crypto::{HMAC_SHA384, mac_hex},
};

pub(super) static EXCHANGE: Exchange = Exchange {
    id: "gemini",
    name: "Gemini",
    key_types: &[KeyType::Hmac],
    has_passphrase: false,
    sites: &[Site::live("api.gemini.com"), Site::testnet("api.sandbox.gemini.com")],
    check: any_credentials,
    question: |_, _| Call::post("/v1/roles"),
    sign,
    read,
};

fn sign(credentials: &Credentials, site: &Site, call: &Call, moment: &Moment) -> Result<Request, Unsignable> {
    let nonce = moment.unix_ms.to_string();
    let mut payload = Call::post(&call.path).with("request", call.path.as_str()).with("nonce", nonce);
    payload.params.extend_from_slice(&call.params);
    let payload = BASE64_STANDARD.encode(payload.json());
    let signature = mac_hex(HMAC_SHA384, &credentials.secret, &payload);
    Request::new(site, call, "")
        .header("Content-Type", "text/plain")?
        .header("X-GEMINI-APIKEY", credentials.api_key.as_str())?
        .header("X-GEMINI-PAYLOAD", payload)?
        .header("X-GEMINI-SIGNATURE", signature)
}

fn read(_: &Credentials, _: &Call, answer: &Answer) -> Verdict {
    let body = answer.json();
    let Some(reason) = body["reason"].as_str() else {
        let roles = ["isAuditor", "isFundManager", "isTrader"].map(|role| flag(&body[role]));
        return match answer.status {
            200 if roles.iter().any(Option::is_some) => Verdict::Accepted(Access {
                can_pay_others: Some(may_be_admin(body)),
                ..Access::of_key(permissions(body, roles))
            }),
            _ => answer.by_http_status(),
        };
    };
    let status = match reason {
        "InvalidApiKey" => Some(Status::InvalidKey),
        "InvalidSignature" => Some(Status::InvalidSignature),
        "InvalidNonce" => Some(Status::NonceConflict),
        "MissingRole" => Some(Status::PermissionDenied),
        "RateLimit" => Some(Status::RateLimited),
        "Maintenance" => Some(Status::ExchangeUnavailable),
        // The signed payload names another path than the one asked: a fault of ours, of which the user can mend nothing.
        "EndpointMismatch" => Some(Status::UnrecognisedResponse),
        _ => None,
    };
    answer.refused(reason, status)
}

/// An administrator's key can give itself roles on every account of its group.
fn may_be_admin(body: &Value) -> bool {
    !body["isAccountAdmin"].is_null() && body["isAccountAdmin"] != false
}

/// So its own roles say nothing of withdrawals.
fn permissions(body: &Value, roles: [Option<bool>; 3]) -> Permissions {
    let [_, manages_funds, trades] = roles;
    Permissions {
        read: any(roles),
        trade: trades,
        withdraw: manages_funds.filter(|manages| *manages || !may_be_admin(body)),
        transfer: None,
    }
}
