//! The exchanges: one file each says which credentials it issues, where it listens, what is asked of it, how the question is
//! signed, and what its answers mean. Nothing here does I/O or reads a clock, so recorded vectors prove all of it.

mod answer;
mod binance;
mod binanceus;
mod bingx;
mod bitfinex;
mod bitget;
mod bitstamp;
mod bybit;
mod coinbase;
mod credentials;
mod crypto;
mod cryptocom;
mod deribit;
mod gate;
mod gemini;
mod htx;
mod hyperliquid;
mod identity;
mod kraken;
mod kucoin;
mod mexc;
mod okx;
mod private_key;
mod refusals;
mod request;
mod status;
#[cfg(test)]
mod tests;

pub use answer::{ExchangeAnswer, Interpretation, KeyInfo, PermissionSource, Permissions};
pub use credentials::{Credentials, KeyType};
pub use hyperliquid::agent_address;
pub use identity::CredentialIdentity;
pub use private_key::{PrivateKey, Reading, decoded, value_in};
pub use request::{Call, Method, Moment, Request};
pub use status::ConnectionStatus;

/// Everything that differs between exchanges.
pub struct Exchange {
    /// Its name on the wire and in the tables.
    pub id: &'static str,
    /// Its name for people.
    pub name: &'static str,
    /// The kinds of keys it issues. The first is meant where a request does not say.
    pub key_types: &'static [KeyType],
    /// Whether its keys come with a passphrase.
    pub has_passphrase: bool,
    /// Where it listens. The first is meant where a request does not say.
    pub sites: &'static [Site],
    /// Rules of its credentials beyond those that all share: the field that breaks one, and the rule.
    pub check: fn(&Credentials) -> Result<(), (&'static str, &'static str)>,
    /// The one question that a connection test asks.
    pub question: fn(&Credentials, &Site) -> Call,
    /// The question as it is sent. Pure: the same credentials, call and moment give the same bytes (ES256 aside).
    pub sign: fn(&Credentials, &Site, &Call, &Moment) -> Result<Request, Unsignable>,
    /// What an answer to a call means.
    pub read: fn(&Credentials, &Call, &ExchangeAnswer) -> Interpretation,
}

/// One of the places where an exchange listens. Keys of one place are unknown at the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Site {
    /// `live`, `testnet` or `demo`.
    pub environment: Environment,
    /// A part of the world with a host of its own; `None` is the main one.
    pub region: Option<&'static str>,
    /// The host, without a scheme: it is always https.
    pub host: &'static str,
}

/// Whether an exchange deals in real money there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Environment {
    /// Real money.
    Live,
    /// A separate exchange with play money.
    Testnet,
    /// Paper trading on the real exchange.
    Demo,
}

impl Environment {
    /// Its name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Testnet => "testnet",
            Self::Demo => "demo",
        }
    }
}

/// Credentials that cannot sign: a key that does not parse, a character no header can carry.
#[derive(Debug)]
pub struct Unsignable;

/// All of them.
pub static ALL: [&Exchange; 18] = [
    &binance::EXCHANGE,
    &binanceus::EXCHANGE,
    &bybit::EXCHANGE,
    &okx::EXCHANGE,
    &kraken::EXCHANGE,
    &coinbase::EXCHANGE,
    &kucoin::EXCHANGE,
    &bitget::EXCHANGE,
    &gate::EXCHANGE,
    &htx::EXCHANGE,
    &mexc::EXCHANGE,
    &cryptocom::EXCHANGE,
    &bitfinex::EXCHANGE,
    &bitstamp::EXCHANGE,
    &gemini::EXCHANGE,
    &deribit::EXCHANGE,
    &bingx::EXCHANGE,
    &hyperliquid::EXCHANGE,
];

/// The exchange called `id`.
#[must_use]
pub fn find(id: &str) -> Option<&'static Exchange> {
    ALL.into_iter().find(|exchange| exchange.id == id)
}

impl Exchange {
    /// Where keys of this environment and region are known.
    #[must_use]
    pub fn site(&self, environment: Environment, region: Option<&str>) -> Option<&'static Site> {
        self.sites.iter().find(|site| site.environment == environment && site.region == region)
    }
}

impl Exchange {
    /// Whether it now and then refuses what is right: Coinbase does, depending on the connection (its SDK's issue 132).
    #[must_use]
    pub fn refuses_at_random(&self) -> bool {
        self.id == "coinbase"
    }
}

impl Site {
    /// The main place for real money.
    #[must_use]
    pub const fn live(host: &'static str) -> Self {
        Self { environment: Environment::Live, region: None, host }
    }

    /// The place for real money of one part of the world.
    #[must_use]
    pub const fn regional(region: &'static str, host: &'static str) -> Self {
        Self { environment: Environment::Live, region: Some(region), host }
    }

    /// A separate exchange with play money.
    #[must_use]
    pub const fn testnet(host: &'static str) -> Self {
        Self { environment: Environment::Testnet, region: None, host }
    }

    /// Paper trading on the real exchange.
    #[must_use]
    pub const fn demo(host: &'static str) -> Self {
        Self { environment: Environment::Demo, region: None, host }
    }
}

/// No rules beyond those that all share.
#[expect(clippy::unnecessary_wraps, reason = "it stands where other exchanges have rules that can break")]
const fn any_credentials(_: &Credentials) -> Result<(), (&'static str, &'static str)> {
    Ok(())
}
