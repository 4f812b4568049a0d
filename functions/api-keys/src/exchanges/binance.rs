//! Binance.com. Signature: the percent-encoded query, HMAC-SHA-256 in hex, or Ed25519 or RSA in base64, as the last parameter.

use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::Value;

use super::{
    Call, ConnectionStatus, Credentials, Environment, Exchange, ExchangeAnswer, Interpretation, KeyInfo, KeyType,
    Method, Moment, Permissions, Request, Site, Unsignable,
    answer::{code_in, flag, text},
    crypto::{HMAC_SHA256, ed25519, encoded, mac_hex, parses, percent, rsa},
    refusals::RefusalTable,
};

pub(super) static EXCHANGE: Exchange = Exchange {
    id: "binance",
    name: "Binance",
    key_types: &[KeyType::Hmac, KeyType::Ed25519, KeyType::Rsa],
    has_passphrase: false,
    sites: &[
        Site::live("api.binance.com"),
        Site::testnet("testnet.binance.vision"),
        Site::demo("demo-api.binance.com"),
    ],
    check: parses,
    question,
    sign,
    read,
};

/// Flags of the key that allow some kind of trade.
const TRADE: [&str; 6] = [
    "enableSpotAndMarginTrading",
    "enableMargin",
    "enableFutures",
    "enableVanillaOptions",
    "enablePortfolioMarginTrading",
    "enableFixApiTrade",
];

/// The testnet and the demo have no `/sapi`: there a test proves the key and learns nothing of its permissions.
fn question(_: &Credentials, site: &Site) -> Call {
    match site.environment {
        Environment::Live => Call::get("/sapi/v1/account/apiRestrictions"),
        Environment::Testnet | Environment::Demo => Call::get("/api/v3/account").with("omitZeroBalances", true),
    }
}

/// Also how Binance.US signs.
pub(super) fn sign(
    credentials: &Credentials,
    site: &Site,
    call: &Call,
    moment: &Moment,
) -> Result<Request, Unsignable> {
    let mut pairs = vec![("timestamp".to_owned(), moment.unix_ms.to_string())];
    pairs.extend(call.pairs());
    pairs.push(("recvWindow".to_owned(), "5000".to_owned()));
    let signed = encoded(&pairs);
    let signature = match credentials.key_type {
        KeyType::Ed25519 => percent(&BASE64_STANDARD.encode(ed25519(&credentials.secret, signed.as_bytes())?)),
        KeyType::Rsa => percent(&BASE64_STANDARD.encode(rsa(&credentials.secret, signed.as_bytes())?)),
        _ => mac_hex(HMAC_SHA256, &credentials.secret, &signed),
    };
    let signed = format!("{signed}&signature={signature}");
    let request = match call.method {
        Method::Get => Request::new(site, call, &signed),
        Method::Post => Request::new(site, call, "").body(signed),
    };
    request.header("X-MBX-APIKEY", credentials.api_key.as_str())
}

fn read(_: &Credentials, _: &Call, answer: &ExchangeAnswer) -> Interpretation {
    let body = answer.json();
    if answer.status == 200 && body.get("ipRestrict").is_some() {
        return Interpretation::Accepted(info(body));
    }
    read_account(answer)
}

/// What `apiRestrictions` says of the key.
fn info(body: &Value) -> KeyInfo {
    let is_allowed = |name: &str| flag(&body[name]);
    let permissions = Permissions {
        read: is_allowed("enableReading"),
        trade: any(TRADE.map(is_allowed)),
        withdraw: is_allowed("enableWithdrawals"),
        transfer: any(["enableInternalTransfer", "permitsUniversalTransfer"].map(is_allowed)),
    };
    KeyInfo {
        ip_restricted: flag(&body["ipRestrict"]),
        can_pay_others: is_allowed("enableInternalTransfer"),
        ..KeyInfo::of_key(permissions)
    }
}

/// Answers to `GET /api/v3/account`, and the errors that Binance and Binance.US share. The flags there are the account's.
pub(super) fn read_account(answer: &ExchangeAnswer) -> Interpretation {
    let body = answer.json();
    if answer.status == 200 && body["balances"].is_array() {
        return Interpretation::Accepted(KeyInfo::unknown());
    }
    REFUSALS.read(answer, code_in(&body["code"]).as_deref(), text(&body["msg"]))
}

/// What the spot and the wallet API say, where the question goes, and what other parts of the exchange say of accounts, places
/// and too many requests. Parts of the exchange share numbers: then the spot and the wallet API decide what one means.
const REFUSALS: RefusalTable = RefusalTable {
    codes: &[
        (ConnectionStatus::InvalidKey, &["-2014", "-2008", "-4056", "-4057"]),
        (ConnectionStatus::InvalidSignature, &["-1022"]),
        (ConnectionStatus::AmbiguousCredentials, &["-2015", "-1099", "-4004"]),
        (ConnectionStatus::IpNotAllowed, &["-1005", "-1011"]),
        (ConnectionStatus::ClockSkew, &["-1021"]),
        (ConnectionStatus::PermissionDenied, &["-1002", "-3999"]),
        // API keys are locked on this account; it has no second factor; it has not proven who it is.
        (ConnectionStatus::AccountRestricted, &["-2017", "-3001", "100001003", "200003903"]),
        // Borrowing, repaying, moving funds or trading is banned for this account.
        (ConnectionStatus::AccountRestricted, &["-3014", "-3018", "-3019", "-3022", "-3036", "-4013"]),
        (ConnectionStatus::GeoBlocked, &["-4044", "-4402"]),
        (ConnectionStatus::RateLimited, &["-1003", "-1008", "-1015", "-1034", "-4005", "-5041", "-6009", "-12014"]),
        (
            ConnectionStatus::ExchangeUnavailable,
            &["-1000", "-1001", "-1004", "-1006", "-1007", "-1016", "-3000", "-3044", "-10001"],
        ),
    ],
    words: &[
        (ConnectionStatus::InvalidKey, &["api key does not exist"]),
        (
            ConnectionStatus::PermissionDenied,
            &[
                "not authorized to execute",
                "you don't have permission",
                "no operation privilege",
                "rest api trading is not enabled",
            ],
        ),
        (ConnectionStatus::AccountRestricted, &["action is disabled on"]),
    ],
    // A firewall stands before the exchange; its 403 means too many or too odd requests.
    http: &[(403, ConnectionStatus::RateLimited)],
    ..RefusalTable::NONE
};

/// Whether any of them holds; unknown when none holds and one is unknown.
pub(super) fn any<const N: usize>(flags: [Option<bool>; N]) -> Option<bool> {
    if flags.contains(&Some(true)) {
        return Some(true);
    }
    flags.into_iter().all(|flag| flag == Some(false)).then_some(false)
}
