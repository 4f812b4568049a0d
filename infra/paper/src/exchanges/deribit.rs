//! Deribit. A success comes with tokens that nobody must keep.

use api_keys::exchanges::ConnectionStatus;

use super::{Claim, Freshness, StandIn, value};
use crate::{
    answers::{Outcome, Reply, says},
    request::ExchangeRequest,
};

const TRADES: Reply = says(
    200,
    ConnectionStatus::Ok,
    concat!(
        r#"{"jsonrpc":"2.0","id":1,"testnet":false,"usIn":1,"usOut":2,"usDiff":1,"#,
        r#""result":{"access_token":"CANARY-ACCESS","expires_in":31536000,"#,
        r#""refresh_token":"CANARY-REFRESH","#,
        r#""scope":"connection account:read block_trade:read trade:read_write wallet:none","#,
        r#""token_type":"bearer","enabled_features":[]}}"#,
    ),
);

/// A wrong key, signature and clock alike.
const INVALID: Reply = says(
    400,
    ConnectionStatus::AmbiguousCredentials,
    concat!(
        r#"{"jsonrpc":"2.0","id":1,"error":{"message":"invalid_credentials","code":13004},"#,
        r#""testnet":false,"usIn":1,"usOut":2,"usDiff":1}"#,
    ),
);

pub(super) static DERIBIT: StandIn = StandIn {
    id: "deribit",
    claim,
    freshness: Freshness::within(60),
    passphrase: None,
    unknown_key: INVALID,
    wrong_environment: None,
    stale: INVALID,
    bad_signature: INVALID,
    bad_passphrase: None,
    others: &[],
    last: None,
    outcomes: &[
        (Outcome::Ok, TRADES),
        (
            Outcome::Withdraw,
            says(
                200,
                ConnectionStatus::Ok,
                concat!(
                    r#"{"jsonrpc":"2.0","id":1,"testnet":false,"usIn":1,"usOut":2,"usDiff":1,"#,
                    r#""result":{"access_token":"CANARY-ACCESS","expires_in":31536000,"#,
                    r#""refresh_token":"CANARY-REFRESH","#,
                    r#""scope":"connection account:read block_trade:read trade:read_write wallet:read_write","#,
                    r#""token_type":"bearer","enabled_features":[]}}"#,
                ),
            ),
        ),
        (
            Outcome::WrongIp,
            says(
                400,
                ConnectionStatus::AmbiguousCredentials,
                concat!(
                    r#"{"jsonrpc":"2.0","id":1,"error":{"message":"unauthorized","code":13009},"testnet":false,"#,
                    r#""usIn":1,"usOut":2,"usDiff":1}"#,
                ),
            ),
        ),
        (
            Outcome::RateLimited,
            says(
                429,
                ConnectionStatus::RateLimited,
                concat!(
                    r#"{"jsonrpc":"2.0","id":1,"error":{"message":"too_many_requests","code":10028},"#,
                    r#""testnet":false,"usIn":1,"usOut":2,"usDiff":1}"#,
                ),
            ),
        ),
        (
            Outcome::Down,
            says(
                503,
                ConnectionStatus::ExchangeUnavailable,
                concat!(
                    r#"{"jsonrpc":"2.0","id":1,"error":{"message":"system_maintenance","code":11051},"#,
                    r#""testnet":false,"usIn":1,"usOut":2,"usDiff":1}"#,
                ),
            ),
        ),
        (Outcome::Testnet, TRADES),
    ],
};

fn claim(request: &ExchangeRequest) -> Option<Claim> {
    let query = request.query();
    let claim = Claim::new(value(&query, "client_id")?, value(&query, "timestamp")?)?;
    Some(claim.asks(query, &["client_id", "timestamp", "signature", "nonce", "data"]))
}
