//! Tries of a password: counted where they are kept before anything is compared. An account counts them in its guard, beside what opens
//! and ends its sessions; an address without an account in a row that goes by itself, so that who tries learns nothing.

use std::time::{Duration, Instant};

use compat::email::AddressKey;
use shared::{
    error::Error,
    ids::AccountId,
    store::{Condition, Update, Written},
    tables::Row,
    time::Timestamp,
};

use crate::{
    account::Account,
    address::AddressRecord,
    attempts::{Admission, Attempts, Counted, PlaceId},
    state::Auth,
};

/// What those who try a password at once compete for.
const TRIES: &str = "the tries of a password";
/// How long the tries at an address without an account are kept: no lock lasts longer than a day.
const KEPT: Duration = Duration::from_hours(24);

/// The account of an address, as it was read, and the tries of its password.
pub struct GuardedAddress<'a> {
    /// The account that the address belongs to.
    pub account: Option<Account>,
    /// The tries.
    pub tries: Tries<'a>,
}

/// Tries that are counted together, as they were read.
pub struct Tries<'a> {
    at: Counter<'a>,
    attempts: Attempts,
}

/// Where tries are counted.
#[derive(Clone, Copy)]
enum Counter<'a> {
    Account(AccountId),
    Address(&'a AddressKey),
}

impl Auth {
    /// The account of an address, by its record, and the tries of its password. Where there is no account, others are looked for in their
    /// place: who measures what a request costs learns nothing.
    ///
    /// # Errors
    /// `Unavailable`; `Internal` when the address belongs to an account that is not there, or that has no guard.
    pub(crate) async fn guarded_address<'a>(
        &self,
        key: &'a AddressKey,
        record: &AddressRecord,
    ) -> Result<GuardedAddress<'a>, Error> {
        let at = record.owner().map_or(Counter::Address(key), Counter::Account);
        let (account, tries) = tokio::try_join!(self.account_of(record.owner(), key), self.tries(at))?;
        Ok(GuardedAddress { account, tries })
    }

    async fn tries<'a>(&self, at: Counter<'a>) -> Result<Tries<'a>, Error> {
        let attempts = match at {
            Counter::Account(id) => self.coming_into_being(Row::SessionGuard(id)).await?.ok_or_else(no_guard)?,
            Counter::Address(key) => self.app.store.get(Row::AddressGuard(key)).await?.unwrap_or_default(),
        };
        Ok(Tries { at, attempts })
    }

    /// Counts one try more that comes from these places, in a request that came in at `since`, if it is admitted, and that it was made, if
    /// it is not. Of those who count at once one is first, and the others look again: each of them has seen one failure more by then, so that
    /// nobody loses more rounds than there are free tries.
    ///
    /// # Errors
    /// `Contended`, `Unavailable`: what cannot be counted is not compared. `Internal` when the account has no guard any more.
    pub(crate) async fn admit(
        &self,
        Tries { at, mut attempts }: Tries<'_>,
        from: &[PlaceId],
        since: Instant,
        now: Timestamp,
    ) -> Result<Admission, Error> {
        let mut contention = self.app.contention(TRIES, since);
        loop {
            let admission = attempts.admit(from, now);
            let update = match &admission {
                Admission::Counted(counted) => counting(at.update(now)?, counted)?,
                Admission::Locked(_) => at.update(now)?.count("ignored"),
            };
            match self.app.store.update::<Attempts>(update).await? {
                Written::Done(_) => return Ok(admission),
                Written::Conflict(Some(row)) => attempts = row.read()?,
                Written::Conflict(None) => return Err(no_guard()),
            }
            contention.lost().await?;
        }
    }
}

impl Counter<'_> {
    /// Changes nothing but how long the row is kept, where it goes by itself. That of an account must be there.
    fn update(&self, now: Timestamp) -> Result<Update<'_>, Error> {
        match self {
            Self::Account(id) => Ok(Update::new(Row::SessionGuard(*id)).when(Condition::Exists)),
            Self::Address(key) => Update::new(Row::AddressGuard(key)).set("ttl", &(now + KEPT)),
        }
    }
}

/// Replaces the counters by those with one try more, if they are still as they were seen. A row that is not there has counted nothing.
fn counting<'a>(update: Update<'a>, counted: &Counted) -> Result<Update<'a>, Error> {
    let Counted { attempts, place } = counted;
    let update = update.when(Condition::below("attempt", &attempts.attempt)?).set("attempt", &attempts.attempt)?;
    match place {
        None => update.set_all(&attempts.everywhere),
        Some(id) => update.set_entry("places", id.as_str(), &attempts.places.named(id)),
    }
}

fn no_guard() -> Error {
    Error::internal("an account has no guard")
}
