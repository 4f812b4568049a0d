//! What the vault does when an account ends: no key comes in any more, each key is destroyed with its fingerprints, for its wrapped data
//! key is all that opens it, and then it is forgotten who used them.

use std::{iter, time::Duration, time::Instant};

use futures::{StreamExt, stream};
use serde::de::IgnoredAny;
use shared::{
    endings::{self, Ending, Part},
    error::{Cause, Error},
    ids::AccountId,
    store::{Condition, Expected, Update, Write, Written},
    tables::{Row, Rows},
    time::Timestamp,
};

use crate::{
    record::{Fingerprint, KeyRecord},
    state::Vault,
};

/// For how long the row stays that keeps new keys out: many times what a request may take that began before.
const KEPT_OUT: Duration = Duration::from_hours(24);

/// So many keys are destroyed at once. The rows of one account lie together, where DynamoDB takes a thousand writes a second.
const AT_ONCE: usize = 4;

impl Vault {
    /// What the schedule asks for.
    ///
    /// # Errors
    /// Those of [`endings::round`].
    pub(crate) async fn end_accounts(self) -> Result<(), Error> {
        endings::round(&self.app, |ending, end| self.end_account(ending, end)).await
    }

    async fn end_account(&self, ending: Ending, end: Instant) -> Result<(), Error> {
        let (Some(begun_at), account) = (ending.awaits(Part::Vault), ending.account) else { return Ok(()) };
        let now = self.app.clock.now();
        self.keep_out(account, begun_at, now).await?;
        let are_destroyed = self.destroy_keys(account, end).await?;
        let rest = [Row::KeyCount(account)];
        if are_destroyed && self.app.store.sweep(Rows::VaultRowsOf(account), &rest, end).await? {
            ending.done(Part::Vault, &self.app.store, now).await?;
        }
        Ok(())
    }

    /// First of all: what is being stored at this moment would outlive its account.
    async fn keep_out(&self, account: AccountId, begun_at: Timestamp, now: Timestamp) -> Result<(), Error> {
        let row = Update::new(Row::KeyCount(account)).set("ended_at", &begun_at)?.set("ttl", &(now + KEPT_OUT))?;
        let _always_done: Written<IgnoredAny> = self.app.store.update(row).await?;
        Ok(())
    }

    /// Each key by itself, until `end`; whether none is left. A record that cannot be read opens nothing: it goes with the rest.
    async fn destroy_keys(&self, account: AccountId, end: Instant) -> Result<bool, Error> {
        let records = self.app.store.each::<KeyRecord>(Rows::ExchangeKeysOf(account)).await?;
        let readable = records.into_iter().filter_map(|record| {
            record.inspect_err(|error| tracing::error!(?error, "a key is destroyed that nobody can read")).ok()
        });
        let destroyed = stream::iter(readable).map(|record| async move {
            if Instant::now() >= end { Ok(false) } else { self.destroy(account, &record).await.map(|()| true) }
        });
        let destroyed: Vec<_> = destroyed.buffer_unordered(AT_ONCE).collect().await;
        destroyed.into_iter().try_fold(true, |all, one| one.map(|one| all && one))
    }

    /// A key and the fingerprints that name it, all or nothing.
    async fn destroy(&self, account: AccountId, record: &KeyRecord) -> Result<(), Error> {
        let row = Expected::new(Row::ExchangeKey(account, record.id));
        let mut writes = vec![Write::Delete(row.when(Condition::equals("version", &record.version)?))];
        let left = record.left.iter().map(|former| &former.fingerprint);
        for fingerprint in iter::once(&record.sealed.fingerprint).chain(left) {
            let row = Row::Fingerprint(fingerprint);
            let kept: Option<Fingerprint> = self.app.store.get(row).await?;
            if kept.is_some_and(|kept| (kept.account, kept.key) == (account, record.id)) {
                let row = Expected::new(row).when(Condition::equals("account", &account)?);
                writes.push(Write::Delete(row.when(Condition::equals("key", &record.id)?)));
            }
        }
        match self.app.store.transact(writes).await? {
            Written::Done(()) => Ok(()),
            // The next round sees it as it is then.
            Written::Conflict(_) => Err(Error::Contended(Cause::new("a key has changed while it was destroyed"))),
        }
    }
}
