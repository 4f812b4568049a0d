//! The exchanges as seen from their own side: how a request names its key and its moment. What is answered stands in a JSON file
//! beside each.

mod binance;
mod bingx;
mod bitfinex;
mod bitget;
mod bitstamp;
mod bybit;
mod coinbase;
mod cryptocom;
mod deribit;
mod gate;
mod gemini;
mod htx;
mod hyperliquid;
mod kraken;
mod kucoin;
mod mexc;
mod okx;

use serde_json::Value;

use crate::request::ExchangeRequest;

/// How one exchange looks at requests.
pub(crate) struct StandIn {
    /// Its name, as the `api-keys` function knows it.
    pub(crate) id: &'static str,
    /// Takes a request apart; `None` when something is missing in it.
    pub(crate) parts: fn(&ExchangeRequest) -> Option<SignedParts>,
    /// Which moments it lets pass.
    pub(crate) freshness: Freshness,
    /// The header that carries the passphrase, where there is one.
    pub(crate) passphrase: Option<&'static str>,
    /// The path that has the answer to the case; `None`: that of the first question.
    pub(crate) last: Option<&'static str>,
    /// The texts of the files with its answers.
    pub(crate) answers: &'static [&'static str],
}

/// What a request says of itself. Signed with the secret once more it must give that request.
pub(crate) struct SignedParts {
    pub(crate) api_key: String,
    pub(crate) unix_ms: i64,
    pub(crate) nonce: [u8; 32],
    /// What is asked, without what signing added.
    pub(crate) params: Vec<(String, Value)>,
}

/// Which moments an exchange lets pass, in milliseconds.
#[derive(Clone, Copy)]
pub(crate) enum Freshness {
    /// So far behind its clock and so far ahead of it.
    Window { past: i64, future: i64 },
    /// Each one later than the one before.
    Rising,
    /// A window, and no nonce twice.
    Once { past: i64, future: i64 },
    /// It does not ask.
    Any,
}

/// All of them.
pub(crate) static ALL: [&StandIn; 18] = [
    &binance::BINANCE,
    &binance::BINANCE_US,
    &bybit::BYBIT,
    &okx::OKX,
    &kraken::KRAKEN,
    &coinbase::COINBASE,
    &kucoin::KUCOIN,
    &bitget::BITGET,
    &gate::GATE,
    &htx::HTX,
    &mexc::MEXC,
    &cryptocom::CRYPTOCOM,
    &bitfinex::BITFINEX,
    &bitstamp::BITSTAMP,
    &gemini::GEMINI,
    &deribit::DERIBIT,
    &bingx::BINGX,
    &hyperliquid::HYPERLIQUID,
];

impl Freshness {
    /// A window as wide in both directions.
    const fn within(seconds: i64) -> Self {
        Self::Window { past: seconds * 1_000, future: seconds * 1_000 }
    }
}

impl SignedParts {
    /// With a moment in milliseconds.
    fn new(api_key: impl Into<String>, unix_ms: &str) -> Option<Self> {
        Some(Self::at(api_key, unix_ms.parse().ok()?))
    }

    fn at(api_key: impl Into<String>, unix_ms: i64) -> Self {
        Self { api_key: api_key.into(), unix_ms, nonce: [0; 32], params: Vec::new() }
    }

    /// With the parameters that are left without those called `added`.
    fn asks(mut self, pairs: Vec<(String, String)>, added: &[&str]) -> Self {
        let asked = pairs.into_iter().filter(|(name, _)| !added.contains(&name.as_str()));
        self.params = asked.map(|(name, value)| (name, value.into())).collect();
        self
    }

    /// With the members of a JSON object, without those called `added`.
    fn asks_json(mut self, object: &Value, added: &[&str]) -> Self {
        let members = object.as_object().into_iter().flatten();
        let asked = members.filter(|(name, _)| !added.contains(&name.as_str()));
        self.params = asked.map(|(name, value)| (name.clone(), value.clone())).collect();
        self
    }

    /// With a nonce; shorter ones leave the rest zero.
    fn nonce(mut self, bytes: &[u8]) -> Option<Self> {
        self.nonce.get_mut(..bytes.len())?.copy_from_slice(bytes);
        Some(self)
    }
}

/// The first parameter of this name.
fn value<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    pairs.iter().find(|(given, _)| given == name).map(|(_, value)| value.as_str())
}
