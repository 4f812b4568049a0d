//! Mailed links that come back.

use shared::{
    email::AddressKey,
    ids::LinkId,
    link::{LinkKey, Purpose},
    rotation::Opened,
    time::Timestamp,
};

/// The keys that links may be under.
pub struct Links(Vec<Opened<LinkKey>>);

impl Links {
    /// With these keys.
    #[must_use]
    pub const fn new(keys: Vec<Opened<LinkKey>>) -> Self {
        Self(keys)
    }

    /// The keys.
    #[must_use]
    pub fn keys(&self) -> &[Opened<LinkKey>] {
        &self.0
    }

    /// Which address and link a token names that is authentic under one of the keys; `None` for any other text. A key is good
    /// before its time, too: clocks differ, and `mail` may be ahead.
    #[must_use]
    pub fn open(&self, purpose: Purpose, token: &str, now: Timestamp) -> Option<(AddressKey, LinkId)> {
        let mut good = self.0.iter().filter(|key| !key.stored.has_ended(now));
        good.find_map(|key| key.secret.open(purpose, token))
    }
}
