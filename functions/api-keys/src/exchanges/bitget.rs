//! Bitget. Signature: time, method, path with sorted unencoded query, body; HMAC-SHA-256 in base64. The passphrase goes
//! along in the clear.

use serde_json::Value;

use super::{
    Call, ConnectionStatus, Credentials, Environment, Exchange, ExchangeAnswer, Interpretation, KeyInfo, KeyType,
    Method, Moment, Permissions, Request, Site, Unsignable,
    answer::{code_in, has_any, text, texts, words},
    any_credentials,
    crypto::{HMAC_SHA256, encoded, mac_base64, unencoded},
    refusals::RefusalTable,
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

fn read(_: &Credentials, _: &Call, answer: &ExchangeAnswer) -> Interpretation {
    let body = answer.json();
    let code = code_in(&body["code"]);
    if let (Some(code @ "00000"), Some(_)) = (code.as_deref(), body["data"].get("authorities")) {
        return Interpretation::Accepted(info(&body["data"]).code(code));
    }
    // What stands before the exchange has another word for its texts.
    let said = [text(&body["msg"]), text(&body["message"])].join(" ");
    REFUSALS.read(answer, code.as_deref(), &said)
}

/// Numbers from 30001 to 36106 are those of the API before this one. The words are those of the one before that, and of the
/// gateway in front of all.
const REFUSALS: RefusalTable = RefusalTable {
    codes: &[
        (ConnectionStatus::InvalidKey, &["40001", "40006", "40037", "40041", "30001", "30006", "32038", "35005"]),
        (ConnectionStatus::InvalidSignature, &["40002", "40003", "40009", "40506", "40507", "30002", "30013"]),
        // The text of 40012 names the key too, but a key that is not known is 40006.
        (ConnectionStatus::InvalidPassphrase, &["40011", "40012", "40036", "30004", "30015"]),
        (ConnectionStatus::AmbiguousCredentials, &["401", "30010", "30016", "30027"]),
        (ConnectionStatus::IpNotAllowed, &["40018", "40038", "30011"]),
        (ConnectionStatus::ClockSkew, &["40004", "40005", "40008", "40078", "30003", "30005", "30008"]),
        (
            ConnectionStatus::PermissionDenied,
            &["403", "40014", "40040", "40061", "40068", "40199", "40301", "30012", "30028"],
        ),
        (
            ConnectionStatus::AccountRestricted,
            &[
                // Abnormal, cancelled, frozen, disabled or restricted; without a second factor; without proof of identity;
                // in unified mode, which the classic API does not serve (40085).
                "40013", "40016", "40022", "40023", "40025", "40026", "40031", "40035", "40042", "40085", "40100",
                "40101", "40710", "40752", "40760", "30022", "30029", "32001", "32028", "33002", "34017", "36102",
                "36103", "36106", "50010",
            ],
        ),
        (ConnectionStatus::WrongEnvironment, &["30018"]),
        (ConnectionStatus::GeoBlocked, &["40000", "40024", "40103", "40111"]),
        (ConnectionStatus::RateLimited, &["429", "1001", "40047", "50009", "30014", "30026"]),
        (
            ConnectionStatus::ExchangeUnavailable,
            &[
                "500", "40010", "40015", "40200", "40308", "40604", "40725", "40844", "41114", "43115", "50008",
                "30019", "30037", "30038",
            ],
        ),
    ],
    words: &[
        (ConnectionStatus::InvalidKey, &["accesskey not", "illegal accesskey"]),
        (ConnectionStatus::InvalidSignature, &["invalid sign", "illegal sign", "sign not null", "signature not valid"]),
        (ConnectionStatus::ClockSkew, &["too much difference from server time"]),
        (ConnectionStatus::PermissionDenied, &["permissions not right"]),
        (ConnectionStatus::AccountRestricted, &["user locked", "user forbid"]),
        (ConnectionStatus::ExchangeUnavailable, &["ring-balancer"]),
    ],
    ..RefusalTable::NONE
};

fn info(account: &Value) -> KeyInfo {
    let granted = texts(&account["authorities"]);
    let has = |words: &[&str]| has_any(granted.as_ref(), words);
    let permissions =
        Permissions { read: Some(true), trade: has(&TRADE), withdraw: has(&["wwow"]), transfer: has(&["wtow"]) };
    KeyInfo::of_key(permissions).known_ips(words(&account["ips"]))
}
