//! Bitfinex. Errors come with HTTP 500. What it says of a wrong address is not recorded.

use api_keys::exchanges::ConnectionStatus;

use super::{Claim, Freshness, StandIn};
use crate::{
    answers::{DOWN, Outcome, says},
    request::ExchangeRequest,
};

pub(super) static BITFINEX: StandIn = StandIn {
    id: "bitfinex",
    claim,
    freshness: Freshness::Rising,
    passphrase: None,
    unknown_key: says(500, ConnectionStatus::InvalidKey, r#"["error",10100,"apikey: invalid"]"#),
    wrong_environment: None,
    stale: says(500, ConnectionStatus::NonceConflict, r#"["error",10114,"nonce: small"]"#),
    bad_signature: says(500, ConnectionStatus::InvalidSignature, r#"["error",10100,"apikey: digest invalid"]"#),
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
                    r#"[["account",1,0],["history",1,0],["orders",1,1],["positions",1,0],["funding",0,0],"#,
                    r#"["settings",0,0],["wallets",1,0],["withdraw",0,0],["ui_withdraw",0,0],["bfxpay",0,0]]"#,
                ),
            ),
        ),
        (
            Outcome::Withdraw,
            says(
                200,
                ConnectionStatus::Ok,
                concat!(
                    r#"[["account",1,0],["history",1,0],["orders",1,1],["positions",1,0],["funding",0,0],"#,
                    r#"["settings",0,0],["wallets",1,0],["withdraw",1,1],["ui_withdraw",0,0],["bfxpay",0,0]]"#,
                ),
            ),
        ),
        (Outcome::RateLimited, says(500, ConnectionStatus::RateLimited, r#"["error",11010,"ratelimit: error"]"#)),
        (Outcome::Down, DOWN),
    ],
};

fn claim(request: &ExchangeRequest) -> Option<Claim> {
    let claim = Claim::new(request.header("bfx-apikey")?, request.header("bfx-nonce")?)?;
    Some(claim.asks_json(&request.json(), &[]))
}
