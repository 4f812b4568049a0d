//! Coinbase. One plain word for a wrong key, signature, clock and address.

use api_keys::exchanges::ConnectionStatus;

use super::{Claim, Freshness, StandIn};
use crate::{
    answers::{DOWN, Outcome, Reply, says},
    jwt,
    keys::unhex,
    request::ExchangeRequest,
};

const UNAUTHORIZED: Reply = says(401, ConnectionStatus::AmbiguousCredentials, "Unauthorized");

pub(super) static COINBASE: StandIn = StandIn {
    id: "coinbase",
    claim,
    freshness: Freshness::Window { past: 120_000, future: 10_000 },
    passphrase: None,
    unknown_key: UNAUTHORIZED,
    wrong_environment: None,
    stale: UNAUTHORIZED,
    bad_signature: UNAUTHORIZED,
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
                    r#"{"can_view":true,"can_trade":true,"can_transfer":false,"can_receive":false,"#,
                    r#""portfolio_uuid":"5a8a2f3c-0000-4000-8000-000000000000","portfolio_type":"DEFAULT"}"#,
                ),
            ),
        ),
        (
            Outcome::Withdraw,
            says(
                200,
                ConnectionStatus::Ok,
                concat!(
                    r#"{"can_view":true,"can_trade":true,"can_transfer":true,"can_receive":false,"#,
                    r#""portfolio_uuid":"5a8a2f3c-0000-4000-8000-000000000000","portfolio_type":"DEFAULT"}"#,
                ),
            ),
        ),
        (Outcome::WrongIp, UNAUTHORIZED),
        (Outcome::Expired, UNAUTHORIZED),
        (
            Outcome::RateLimited,
            says(
                429,
                ConnectionStatus::RateLimited,
                r#"{"error":"rate_limit_exceeded","message":"too many requests"}"#,
            ),
        ),
        (Outcome::Down, DOWN),
    ],
};

fn claim(request: &ExchangeRequest) -> Option<Claim> {
    let (header, claims) = jwt::parts(request.header("Authorization")?)?;
    let moment = claims["nbf"].as_i64()?.checked_mul(1_000)?;
    let claim = Claim::at(claims["sub"].as_str()?, moment).nonce(&unhex(header["nonce"].as_str()?)?)?;
    Some(claim.asks(request.query(), &[]))
}
