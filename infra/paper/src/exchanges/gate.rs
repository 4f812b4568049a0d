//! Gate. The list of keys shows how a key begins.

use api_keys::exchanges::ConnectionStatus;

use super::{Claim, Freshness, StandIn};
use crate::{
    answers::{DOWN, Outcome, Reply, says},
    request::ExchangeRequest,
};

const TRADES: Reply = says(
    200,
    ConnectionStatus::Ok,
    concat!(
        r#"[{"state":1,"mode":1,"name":"t","currency_pairs":[],"user_id":1,"key":"$prefix****","#,
        r#""ip_whitelist":[],"perms":[{"name":"spot","read_only":false},{"name":"account","#,
        r#""read_only":true}],"created_at":1698645219,"updated_at":1698645219,"last_access":0}]"#,
    ),
);

pub(super) static GATE: StandIn = StandIn {
    id: "gate",
    claim,
    freshness: Freshness::within(60),
    passphrase: None,
    unknown_key: says(401, ConnectionStatus::InvalidKey, r#"{"label":"INVALID_KEY","message":"Invalid key provided"}"#),
    wrong_environment: None,
    stale: says(
        403,
        ConnectionStatus::ClockSkew,
        concat!(
            r#"{"label":"REQUEST_EXPIRED","#,
            r#""message":"gap between request Timestamp and server time exceeds 60"}"#,
        ),
    ),
    bad_signature: says(
        401,
        ConnectionStatus::InvalidSignature,
        r#"{"label":"INVALID_SIGNATURE","message":"Signature mismatch"}"#,
    ),
    bad_passphrase: None,
    others: &[(
        "/api/v4/account/detail",
        says(
            200,
            ConnectionStatus::Ok,
            concat!(
                r#"{"ip_whitelist":[],"currency_pairs":["BTC_USDT"],"user_id":1,"tier":0,"key":{"mode":1},"#,
                r#""copy_trading_role":0}"#,
            ),
        ),
    )],
    last: None,
    outcomes: &[
        (Outcome::Ok, TRADES),
        (
            Outcome::Withdraw,
            says(
                200,
                ConnectionStatus::Ok,
                concat!(
                    r#"[{"state":1,"mode":1,"name":"t","currency_pairs":[],"user_id":1,"key":"$prefix****","#,
                    r#""ip_whitelist":["203.0.113.7"],"perms":[{"name":"spot","read_only":false},{"name":"account","#,
                    r#""read_only":true},{"name":"withdrawal","read_only":false}],"created_at":1698645219,"#,
                    r#""updated_at":1698645219,"last_access":0}]"#,
                ),
            ),
        ),
        (
            Outcome::WrongIp,
            says(
                403,
                ConnectionStatus::IpNotAllowed,
                r#"{"label":"IP_FORBIDDEN","message":"Your IP is not in the whitelist"}"#,
            ),
        ),
        (
            Outcome::RateLimited,
            says(
                429,
                ConnectionStatus::RateLimited,
                r#"{"label":"TOO_MANY_REQUESTS","message":"Request Rate Limit Exceeded"}"#,
            ),
        ),
        (Outcome::Down, DOWN),
        (Outcome::Testnet, TRADES),
    ],
};

fn claim(request: &ExchangeRequest) -> Option<Claim> {
    let seconds: i64 = request.header("Timestamp")?.parse().ok()?;
    Some(Claim::at(request.header("KEY")?, seconds.checked_mul(1_000)?).asks(request.query(), &[]))
}
