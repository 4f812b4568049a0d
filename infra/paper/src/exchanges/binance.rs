//! Binance.com and Binance.US. Both answer a wrong address with the code that may mean three things.

use api_keys::exchanges::ConnectionStatus;

use super::{Claim, Freshness, StandIn, value};
use crate::{
    answers::{Outcome, Reply, says},
    request::ExchangeRequest,
};

const UNKNOWN_KEY: Reply = says(401, ConnectionStatus::InvalidKey, r#"{"code":-2014,"msg":"API-key format invalid."}"#);
const BAD_SIGNATURE: Reply =
    says(400, ConnectionStatus::InvalidSignature, r#"{"code":-1022,"msg":"Signature for this request is not valid."}"#);
const STALE: Reply = says(
    400,
    ConnectionStatus::ClockSkew,
    r#"{"code":-1021,"msg":"Timestamp for this request is outside of the recvWindow."}"#,
);
const REFUSED: Reply = says(
    401,
    ConnectionStatus::AmbiguousCredentials,
    r#"{"code":-2015,"msg":"Invalid API-key, IP, or permissions for action."}"#,
);
const TOO_MANY: Reply = says(
    429,
    ConnectionStatus::RateLimited,
    concat!(
        r#"{"code":-1003,"#,
        r#""msg":"Too much request weight used; current limit is 6000 request weight per 1 MINUTE."}"#,
    ),
)
.retry_after(17);
const OUT_OF_ORDER: Reply = says(
    503,
    ConnectionStatus::ExchangeUnavailable,
    r#"{"code":-1001,"msg":"Internal error; unable to process your request. Please try again."}"#,
);
const ACCOUNT: Reply = says(
    200,
    ConnectionStatus::Ok,
    concat!(
        r#"{"makerCommission":10,"takerCommission":10,"canTrade":true,"canWithdraw":true,"#,
        r#""canDeposit":true,"accountType":"SPOT","balances":[],"permissions":["SPOT"]}"#,
    ),
);

pub(super) static BINANCE: StandIn = StandIn {
    id: "binance",
    claim,
    freshness: Freshness::Window { past: 5_000, future: 1_000 },
    passphrase: None,
    unknown_key: UNKNOWN_KEY,
    wrong_environment: None,
    stale: STALE,
    bad_signature: BAD_SIGNATURE,
    bad_passphrase: None,
    others: &[],
    last: None,
    outcomes: &[
        (
            Outcome::Ok,
            says(
                200,
                ConnectionStatus::Ok,
                concat!(
                    r#"{"ipRestrict":false,"createTime":1698645219000,"enableReading":true,"#,
                    r#""enableWithdrawals":false,"enableInternalTransfer":false,"enableMargin":false,"#,
                    r#""enableFutures":false,"permitsUniversalTransfer":false,"enableVanillaOptions":false,"#,
                    r#""enableFixApiTrade":false,"enableFixReadOnly":true,"enableSpotAndMarginTrading":true,"#,
                    r#""enablePortfolioMarginTrading":false}"#,
                ),
            ),
        ),
        (
            Outcome::Withdraw,
            says(
                200,
                ConnectionStatus::Ok,
                concat!(
                    r#"{"ipRestrict":true,"createTime":1698645219000,"enableReading":true,"enableWithdrawals":true,"#,
                    r#""enableInternalTransfer":false,"enableMargin":false,"enableFutures":false,"#,
                    r#""permitsUniversalTransfer":false,"enableVanillaOptions":false,"enableFixApiTrade":false,"#,
                    r#""enableFixReadOnly":true,"enableSpotAndMarginTrading":true,"#,
                    r#""enablePortfolioMarginTrading":false}"#,
                ),
            ),
        ),
        (Outcome::WrongIp, REFUSED),
        (Outcome::Expired, REFUSED),
        (Outcome::RateLimited, TOO_MANY),
        (Outcome::Down, OUT_OF_ORDER),
        (Outcome::Testnet, ACCOUNT),
        (Outcome::Demo, ACCOUNT),
    ],
};

/// Has no way to say that a key may withdraw: the flags are the account's.
pub(super) static BINANCE_US: StandIn = StandIn {
    id: "binanceus",
    outcomes: &[
        (Outcome::Ok, ACCOUNT),
        (Outcome::WrongIp, REFUSED),
        (Outcome::Expired, REFUSED),
        (Outcome::RateLimited, TOO_MANY),
        (Outcome::Down, OUT_OF_ORDER),
    ],
    ..BINANCE
};

fn claim(request: &ExchangeRequest) -> Option<Claim> {
    let query = request.query();
    let claim = Claim::new(request.header("X-MBX-APIKEY")?, value(&query, "timestamp")?)?;
    Some(claim.asks(query, &["timestamp", "recvWindow", "signature"]))
}
