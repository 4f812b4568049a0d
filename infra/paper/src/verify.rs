//! Whether a request is signed as its exchange wants it: it is signed once more, and both must be equal.

use std::collections::HashMap;
use std::sync::Mutex;

use api_keys::exchanges::{Call, Environment, Exchange, KeyType, Method, Moment, Site};

use crate::answers::Case;
use crate::credentials::Demo;
use crate::exchanges::{Freshness, SignedParts};
use crate::jwt;
use crate::lock::lock;
use crate::player::Player;
use crate::request::ExchangeRequest;

/// The moments and nonces that each key has used.
#[derive(Default)]
pub(crate) struct UsedMoments {
    /// The highest moment of each key.
    last: Mutex<HashMap<KeyName, i64>>,
    /// The moments of the nonces that are not forgotten yet.
    once: Mutex<HashMap<(KeyName, [u8; 32]), i64>>,
}

/// An exchange and a key of it.
type KeyName = (&'static str, String);

/// One request before one exchange.
pub(crate) struct Hearing<'a> {
    pub(crate) player: &'a Player,
    pub(crate) request: &'a ExchangeRequest,
    pub(crate) parts: SignedParts,
    /// The exchange's clock.
    pub(crate) now_ms: i64,
}

/// The site that listens at this host. Some exchanges serve paper trading at the same one and tell it by a header.
pub(crate) fn site(exchange: &Exchange, request: &ExchangeRequest) -> Option<&'static Site> {
    let here = || exchange.sites.iter().filter(|site| site.host == request.host);
    let is_demo = ["x-simulated-trading", "paptrading"].iter().any(|name| request.header(name) == Some("1"));
    here().find(|site| (site.environment == Environment::Demo) == is_demo).or_else(|| here().next())
}

impl Hearing<'_> {
    /// The demo key that the request is signed with, or what is wrong. Things are looked at in the order of the real
    /// exchanges: key, moment, signature, passphrase.
    pub(crate) fn judge<'d>(&self, site: &Site, demos: &'d [Demo], memory: &UsedMoments) -> Result<&'d Demo, Case> {
        let stand_in = self.player.stand_in;
        let mut known = demos.iter().filter(|demo| demo.exchange == stand_in.id);
        let demo = known.find(|demo| demo.is_called(&self.parts.api_key)).ok_or(Case::UnknownKey)?;
        if demo.credentials.environment != site.environment {
            return Err(Case::WrongEnvironment);
        }
        // The demo keys are of the main region.
        if site.region.is_some() {
            return Err(Case::UnknownKey);
        }
        if !self.is_in_window() {
            return Err(Case::Stale);
        }
        self.compare(site, demo)?;
        if memory.accepts(self) { Ok(demo) } else { Err(Case::Stale) }
    }

    fn is_in_window(&self) -> bool {
        let age = self.now_ms.saturating_sub(self.parts.unix_ms);
        match self.player.stand_in.freshness {
            Freshness::Window { past, future } | Freshness::Once { past, future } => (-future..=past).contains(&age),
            Freshness::Rising | Freshness::Any => true,
        }
    }

    /// Signs what was asked once more, at the moment that the request names.
    fn compare(&self, site: &Site, demo: &Demo) -> Result<(), Case> {
        let (stand_in, request) = (self.player.stand_in, self.request);
        let credentials = demo.signer();
        let method = if request.method == "GET" { Method::Get } else { Method::Post };
        let call = Call { method, path: request.path().to_owned(), params: self.parts.params.clone() };
        let moment = Moment { unix_ms: self.parts.unix_ms, nonce: self.parts.nonce };
        let signed = (self.player.exchange.sign)(&credentials, site, &call, &moment).map_err(|_| Case::BadSecret)?;
        let body = signed.body.as_ref().map_or("", |body| body.as_str());
        let mut is_same = request.target == *signed.target && request.body == body.as_bytes();
        let mut is_same_passphrase = true;
        for (name, expected) in &signed.headers {
            let given = request.header(name).unwrap_or_default();
            if stand_in.passphrase == Some(*name) {
                is_same_passphrase = given == expected.as_str();
            } else if credentials.key_type == KeyType::Es256 {
                is_same &= jwt::is_same(expected, given, &credentials.secret);
            } else {
                is_same &= given == expected.as_str();
            }
        }
        match (is_same, is_same_passphrase) {
            (false, _) => Err(Case::BadSecret),
            (true, false) => Err(Case::BadPassphrase),
            (true, true) => Ok(()),
        }
    }
}

impl UsedMoments {
    /// Whether the key may use this moment or nonce, which it cannot use again.
    fn accepts(&self, hearing: &Hearing<'_>) -> bool {
        let parts = &hearing.parts;
        let key = (hearing.player.stand_in.id, parts.api_key.clone());
        match hearing.player.stand_in.freshness {
            Freshness::Rising => {
                let mut last = lock(&self.last);
                let last = last.entry(key).or_insert(i64::MIN);
                let rises = parts.unix_ms > *last;
                *last = parts.unix_ms.max(*last);
                rises
            }
            Freshness::Once { past, .. } => {
                let mut once = lock(&self.once);
                once.retain(|_, used| hearing.now_ms - *used <= past);
                once.insert((key, parts.nonce), parts.unix_ms).is_none()
            }
            Freshness::Window { .. } | Freshness::Any => true,
        }
    }
}
