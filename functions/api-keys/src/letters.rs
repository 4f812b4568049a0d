//! What owners are told by mail: of what only they should have done.

use shared::{
    error::Error,
    events::{By, Circumstances},
    outbox::{Mail, News},
    store::Write,
};

use crate::{access::Access, record::KeyRecord, state::Vault};

impl Vault {
    /// The letter that tells the owner of a new key, with the link for an owner who has not added it.
    ///
    /// # Errors
    /// `Internal`.
    pub(crate) fn told_of_new_key(&self, access: &Access, key: &KeyRecord) -> Result<Write<'static>, Error> {
        self.told(access, News::KeyAdded { exchange: key.exchange.clone(), label: key.label.clone() })
    }

    /// The letter that tells the owner of a new secret of a key, with the link for an owner who has not replaced it.
    ///
    /// # Errors
    /// `Internal`.
    pub(crate) fn told_of_new_secret(&self, access: &Access, key: &KeyRecord) -> Result<Write<'static>, Error> {
        self.told(access, News::KeySecretReplaced { exchange: key.exchange.clone(), label: key.label.clone() })
    }

    fn told(&self, access: &Access, news: News) -> Result<Write<'static>, Error> {
        let Access { actor, origin, now, .. } = access;
        let by = Circumstances::of(origin, By::User, *now);
        Mail::notice(actor.email(), actor.language(), news, &by, self.app.clock.unix_ms())
    }
}
