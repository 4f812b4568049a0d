//! The keys of mailed links, as this function knows them.

use std::sync::Arc;

use compat::email::AddressKey;
use shared::{
    error::Error,
    ids::{FactorId, LinkId},
    link::{LinkKey, LinkKeys, LinkPurpose, LinkToken},
    rotation::{Cached, Opened, in_use, not_replaced, open_all},
    seal::Seal,
    store::Store,
    tables::Row,
    time::{Clock, Timestamp},
};

/// Writes links under the key whose time it is.
pub struct Links {
    store: Store,
    seal: Seal,
    clock: Clock,
    keys: Cached<Vec<Opened<LinkKey>>>,
}

impl Links {
    /// With the keys that lie in a table. Opens nothing yet.
    #[must_use]
    pub fn new(store: Store, seal: Seal, clock: Clock) -> Self {
        Self { store, seal, clock, keys: Cached::default() }
    }

    /// Reads the keys, or does nothing where they are known.
    ///
    /// # Errors
    /// As [`Links::token`].
    pub async fn warm_up(&self) -> Result<(), Error> {
        self.keys(self.clock.now()).await.map(drop)
    }

    /// The token of link `id` to the address `to`.
    ///
    /// # Errors
    /// `Unavailable` when DynamoDB or KMS is; `Internal` when there is no key or it does not open.
    pub async fn token(&self, purpose: LinkPurpose, to: &AddressKey, id: &LinkId) -> Result<LinkToken, Error> {
        let now = self.clock.now();
        Ok(in_use(&self.keys(now).await?, now)?.secret.token(purpose, to, id))
    }

    /// The token of link `id` to the address `to`, which says of a second factor besides that it is not the owner's.
    ///
    /// # Errors
    /// Those of [`Links::token`].
    pub async fn token_of_factor(&self, to: &AddressKey, id: &LinkId, factor: &FactorId) -> Result<LinkToken, Error> {
        let now = self.clock.now();
        Ok(in_use(&self.keys(now).await?, now)?.secret.token_of_factor(to, id, factor))
    }

    async fn keys(&self, now: Timestamp) -> Result<Arc<Vec<Opened<LinkKey>>>, Error> {
        self.keys.get(now, |known| self.read(known, now)).await
    }

    async fn read(
        &self,
        known: Option<Arc<Vec<Opened<LinkKey>>>>,
        now: Timestamp,
    ) -> Result<Vec<Opened<LinkKey>>, Error> {
        let stored: Option<LinkKeys> = self.store.get(Row::MailLinkKeys).await?;
        let LinkKeys { keys } = stored.ok_or_else(|| Error::internal("there is no link key"))?;
        let known = known.as_deref().map_or(&[][..], Vec::as_slice);
        open_all(&self.seal, &not_replaced(keys.iter().collect(), now), known, LinkKey::read).await
    }
}
