//! Kraken. Errors come with HTTP 200. What it says of a wrong address and of an expired key is not recorded.

use api_keys::exchanges::ConnectionStatus;

use super::{Claim, Freshness, StandIn, value};
use crate::{
    answers::{Outcome, says},
    request::ExchangeRequest,
};

pub(super) static KRAKEN: StandIn = StandIn {
    id: "kraken",
    claim,
    freshness: Freshness::Rising,
    passphrase: None,
    unknown_key: says(200, ConnectionStatus::InvalidKey, r#"{"error":["EAPI:Invalid key"]}"#),
    wrong_environment: None,
    stale: says(200, ConnectionStatus::NonceConflict, r#"{"error":["EAPI:Invalid nonce"]}"#),
    bad_signature: says(200, ConnectionStatus::InvalidSignature, r#"{"error":["EAPI:Invalid signature"]}"#),
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
                    r#"{"error":[],"result":{"apiKeyName":"t","apiKey":"$key","nonce":"1700000000000","#,
                    r#""nonceWindow":0,"permissions":["query-funds","query-open-trades","query-ledger","#,
                    r#""modify-trades"],"iban":"","validUntil":"0","queryFrom":"0","queryTo":"0","#,
                    r#""createdTime":"1698645219","modifiedTime":"1698645219","ipAllowlist":[],"#,
                    r#""lastUsed":"1698645219"}}"#,
                ),
            ),
        ),
        (
            Outcome::Withdraw,
            says(
                200,
                ConnectionStatus::Ok,
                concat!(
                    r#"{"error":[],"result":{"apiKeyName":"t","apiKey":"$key","nonce":"1700000000000","#,
                    r#""nonceWindow":0,"permissions":["query-funds","query-open-trades","query-ledger","#,
                    r#""withdraw-funds"],"iban":"","validUntil":"0","queryFrom":"0","queryTo":"0","#,
                    r#""createdTime":"1698645219","modifiedTime":"1698645219","ipAllowlist":["203.0.113.7"],"#,
                    r#""lastUsed":"1698645219"}}"#,
                ),
            ),
        ),
        (Outcome::RateLimited, says(200, ConnectionStatus::RateLimited, r#"{"error":["EAPI:Rate limit exceeded"]}"#)),
        (Outcome::Down, says(200, ConnectionStatus::ExchangeUnavailable, r#"{"error":["EService:Unavailable"]}"#)),
    ],
};

fn claim(request: &ExchangeRequest) -> Option<Claim> {
    let form = request.form();
    let claim = Claim::new(request.header("API-Key")?, value(&form, "nonce")?)?;
    Some(claim.asks(form, &["nonce"]))
}
