//! Gemini. Signature: the JSON payload in base64, which goes along in a header; HMAC-SHA-384 in hex. The body stays empty.

use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::Value;

use super::{
    Call, ConnectionStatus, Credentials, Exchange, ExchangeAnswer, Interpretation, KeyInfo, KeyType, Moment,
    Permissions, Request, Site, Unsignable,
    answer::{code_in, flag, text},
    any_credentials,
    binance::any,
    crypto::{HMAC_SHA384, mac_hex},
    refusals::RefusalTable,
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

fn read(credentials: &Credentials, _: &Call, answer: &ExchangeAnswer) -> Interpretation {
    let body = answer.json();
    let roles = ["isAuditor", "isFundManager", "isTrader"].map(|role| flag(&body[role]));
    if answer.status == 200 && roles.iter().any(Option::is_some) {
        let may_be_admin = may_be_admin(credentials, body);
        let info = KeyInfo::of_key(permissions(roles, may_be_admin));
        return Interpretation::Accepted(KeyInfo { can_pay_others: Some(may_be_admin), ..info });
    }
    REFUSALS.read(answer, code_in(&body["reason"]).as_deref(), text(&body["message"]))
}

const REFUSALS: RefusalTable = RefusalTable {
    codes: &[
        (ConnectionStatus::InvalidKey, &["InvalidApiKey"]),
        (ConnectionStatus::InvalidSignature, &["InvalidSignature"]),
        (
            ConnectionStatus::AmbiguousCredentials,
            &["MissingApikeyHeader", "MissingPayloadHeader", "MissingSignatureHeader"],
        ),
        (ConnectionStatus::IpNotAllowed, &["RemoteAddressForbidden", "ApiKeyIpFilteringFailure"]),
        (ConnectionStatus::NonceConflict, &["InvalidNonce"]),
        (ConnectionStatus::ClockSkew, &["InvalidTimestampInPayload"]),
        (ConnectionStatus::PermissionDenied, &["MissingRole"]),
        (ConnectionStatus::AccountRestricted, &["AccountClosed"]),
        (ConnectionStatus::RateLimited, &["RateLimit"]),
        (ConnectionStatus::ExchangeUnavailable, &["Maintenance", "System"]),
        // The signed payload names another path than the one asked: a fault of ours, of which the user can mend nothing.
        (ConnectionStatus::UnrecognisedResponse, &["EndpointMismatch"]),
    ],
    words: &[(ConnectionStatus::ExchangeUnavailable, &["investigating technical issues"])],
    ..RefusalTable::NONE
};

/// An administrator's key can give itself roles on every account of its group. Only keys of a whole group can be one, and only
/// in answers to these is the flag something that can be left out.
fn may_be_admin(credentials: &Credentials, body: &Value) -> bool {
    match &body["isAccountAdmin"] {
        Value::Null => credentials.api_key.starts_with("master-"),
        flag => *flag != false,
    }
}

/// So its own roles say nothing of withdrawals.
fn permissions(roles: [Option<bool>; 3], may_be_admin: bool) -> Permissions {
    let [_, manages_funds, trades] = roles;
    Permissions {
        read: any(roles),
        trade: trades,
        withdraw: manages_funds.filter(|manages| *manages || !may_be_admin),
        transfer: None,
    }
}
