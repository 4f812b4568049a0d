//! The keys of an account: found, and looked at again by whoever lost a write.

use std::time::{Duration, Instant};

use shared::{
    contention::Contention,
    error::Error,
    ids::{AccountId, KeyId},
    tables::Row,
};

use crate::{
    access::Access,
    record::{Fingerprint, Former, KeyRecord},
    refusal::Refusal,
    state::Vault,
};

/// What those who change or use a key at once compete for.
pub const RECORD: &str = "a key";
/// Many times what DynamoDB takes from a transaction's being certain to its being seen whole.
const WHOLE: Duration = Duration::from_millis(150);

/// A key that somebody was quicker at, as it is now.
pub enum Look {
    /// Something has changed that decides what may be done with the key.
    Changed(KeyRecord),
    /// The key is as it was, and agrees with its fingerprints.
    Same(KeyRecord),
    /// The key is as it was, and one of its fingerprints says something else: somebody has written to the table behind our back.
    Tampered(KeyRecord),
}

/// A doubt about a key that does not agree with its fingerprints. Reads are one by one and can see a half of somebody else's
/// transaction that is not carried out whole yet, so such a key is looked at again until it agrees, or for so long that it never will.
#[derive(Default)]
pub struct Doubt {
    since: Option<Instant>,
}

impl Doubt {
    /// The key does not agree, for the first time or again. Whether it never will.
    #[must_use]
    pub fn is_certain(&mut self) -> bool {
        self.since.get_or_insert_with(Instant::now).elapsed() >= WHOLE
    }
}

/// A key that does not agree with its fingerprint: somebody has written to the table behind our back.
pub fn rolled_back() -> Refusal {
    tracing::error!(event = "record_rolled_back", "a key does not agree with its fingerprint");
    Error::internal("a key does not agree with its fingerprint").into()
}

impl Vault {
    /// A key of an account.
    ///
    /// # Errors
    /// `NotFound`, also where it is somebody else's.
    pub(crate) async fn find(&self, account: AccountId, key: KeyId) -> Result<KeyRecord, Refusal> {
        let found = self.app.store.get(Row::ExchangeKey(account, key)).await?;
        found.ok_or(Refusal::NotFound)
    }

    /// What a lost write means: the key is gone, may have changed (`Ok`, and the caller of this goes on with it as it is now), or has
    /// been tampered with.
    ///
    /// # Errors
    /// `NotFound`, `Failed`.
    pub(crate) async fn again(
        &self,
        access: &Access,
        seen: &KeyRecord,
        contention: &mut Contention,
    ) -> Result<KeyRecord, Refusal> {
        match self.look_again(access, seen, contention).await? {
            Look::Changed(record) | Look::Same(record) => Ok(record),
            Look::Tampered(_) => Err(rolled_back()),
        }
    }

    /// Waits and looks at a key that somebody was quicker at, until there is no [`Doubt`] about it.
    ///
    /// # Errors
    /// `NotFound`, `Failed`.
    pub(crate) async fn look_again(
        &self,
        access: &Access,
        seen: &KeyRecord,
        contention: &mut Contention,
    ) -> Result<Look, Refusal> {
        let mut doubt = Doubt::default();
        loop {
            contention.lost().await?;
            // In this order: where the key is still the same, nobody has moved its fingerprint in between.
            let is_sound = self.agrees(access.account_id(), seen).await?;
            let record = self.find(access.account_id(), access.key).await?;
            if !record.is_still(seen) {
                return Ok(Look::Changed(record));
            }
            if is_sound && self.left_by(access.account_id(), &record).await?.len() == record.left.len() {
                return Ok(Look::Same(record));
            }
            if doubt.is_certain() {
                return Ok(Look::Tampered(record));
            }
        }
    }

    /// Whether a key agrees with its fingerprint.
    ///
    /// # Errors
    /// `Unavailable`, `Internal`.
    pub(crate) async fn agrees(&self, account: AccountId, record: &KeyRecord) -> Result<bool, Error> {
        let kept: Option<Fingerprint> = self.app.store.get(Row::Fingerprint(&record.sealed.fingerprint)).await?;
        Ok(kept.is_some_and(|kept| kept == record.as_kept(account)))
    }

    /// The credentials that a key has left behind and whose rows say so.
    ///
    /// # Errors
    /// `Unavailable`, `Internal`.
    pub(crate) async fn left_by(&self, account: AccountId, record: &KeyRecord) -> Result<Vec<Former>, Error> {
        let mut left = Vec::new();
        for former in &record.left {
            let kept: Option<Fingerprint> = self.app.store.get(Row::Fingerprint(&former.fingerprint)).await?;
            left.extend(kept.filter(|kept| *kept == record.as_left(account)).map(|_| former.clone()));
        }
        Ok(left)
    }
}
