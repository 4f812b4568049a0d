//! Tries of a password: counted where they are kept before anything is compared. An account counts them in its guard, beside what opens
//! and ends its sessions; an address without an account in a row that goes by itself, so that who tries learns nothing.

use std::time::{Duration, Instant};

use compat::email::AddressKey;
use serde::de::IgnoredAny;
use shared::{
    error::{Cause, Error},
    ids::AccountId,
    store::{Condition, Update, Written},
    tables::Row,
    time::Timestamp,
};

use crate::{
    account::Account,
    address::AddressRecord,
    guard::{Admission, Counted, Guard, PlaceId, Standing, row::changing},
    state::Auth,
};

/// What those who try a password at once compete for.
const TRIES: &str = "the tries of a password";
/// How long the tries at an address without an account are kept: no lock lasts longer than a day.
const KEPT: Duration = Duration::from_hours(24);

/// The account of an address, as it was read, and the guard of its password.
pub struct GuardedAddress<'a> {
    /// The account that the address belongs to.
    pub account: Option<Account>,
    /// The guard.
    pub guard: GuardAsRead<'a>,
}

/// A guard, as it was read, and where.
pub struct GuardAsRead<'a> {
    /// Whose guard it is.
    pub of: GuardOf<'a>,
    guard: Guard,
}

/// Whose guard it is.
#[derive(Clone, Copy)]
pub enum GuardOf<'a> {
    /// An account's.
    Account(AccountId),
    /// That of an address without an account.
    Address(&'a AddressKey),
}

impl Auth {
    /// The account of an address, by its record, and the guard of its password. Where there is no account, others are looked for in their
    /// place: who measures what a request costs learns nothing.
    ///
    /// # Errors
    /// `Unavailable`; `Internal` when the address belongs to an account that is not there, or that has no guard.
    pub(crate) async fn guarded_address<'a>(
        &self,
        key: &'a AddressKey,
        record: &AddressRecord,
    ) -> Result<GuardedAddress<'a>, Error> {
        let account = self.account_of(record.owner(), key);
        let Some(owner) = record.owner() else {
            let (account, guard) = tokio::try_join!(account, self.guard_of_nobody(key))?;
            return Ok(GuardedAddress { account, guard });
        };
        let (account, guard) = tokio::try_join!(account, self.coming_into_being(Row::SessionGuard(owner)))?;
        match guard {
            Some(guard) if account.is_some() => {
                Ok(GuardedAddress { account, guard: GuardAsRead { of: GuardOf::Account(owner), guard } })
            }
            // The account has been deleted since its address was read: it is an address like any other.
            None if self.has_ended(owner).await? => {
                Ok(GuardedAddress { account: None, guard: self.guard_of_nobody(key).await? })
            }
            Some(_) => Ok(GuardedAddress { account: None, guard: self.guard_of_nobody(key).await? }),
            None => Err(no_guard()),
        }
    }

    /// The guard of an account, which may come into being at this moment.
    ///
    /// # Errors
    /// `Unavailable`; `Internal` when there is none.
    pub(crate) async fn guard_of_account(&self, id: AccountId) -> Result<GuardAsRead<'static>, Error> {
        let guard = self.coming_into_being(Row::SessionGuard(id)).await?.ok_or_else(no_guard)?;
        Ok(GuardAsRead { of: GuardOf::Account(id), guard })
    }

    async fn guard_of_nobody<'a>(&self, key: &'a AddressKey) -> Result<GuardAsRead<'a>, Error> {
        Ok(GuardAsRead { of: GuardOf::Address(key), guard: self.tried_at(key).await? })
    }

    /// What has been tried at an address that has no account.
    ///
    /// # Errors
    /// `Unavailable`, `Internal`.
    pub(crate) async fn tried_at(&self, key: &AddressKey) -> Result<Guard, Error> {
        Ok(self.app.store.get(Row::AddressGuard(key)).await?.unwrap_or_default())
    }

    /// Counts one try more that a client makes from these places, in a request that came in at `since`, if it is admitted, and that it was
    /// made, if it is not. Of those who count at once one is first, and the others look again. Who only guesses makes nobody lose more
    /// rounds than there are free tries: then the address is locked.
    ///
    /// # Errors
    /// `Contended`, `Unavailable`: what cannot be counted is not compared. `Internal` when the account has no guard any more.
    pub(crate) async fn admit(
        &self,
        GuardAsRead { of, mut guard }: GuardAsRead<'_>,
        from: &[PlaceId],
        client: Standing,
        since: Instant,
        now: Timestamp,
    ) -> Result<Admission, Error> {
        let mut contention = self.app.contention(TRIES, since);
        loop {
            let admission = guard.admit(from, client, now);
            let update = match &admission {
                Admission::Counted(counted) => changing(of.update(now)?, &counted.change)?,
                Admission::Locked(_) => of.update(now)?.count("ignored"),
            };
            match self.app.store.update::<Guard>(update).await? {
                Written::Done(_) => return Ok(admission),
                Written::Conflict(Some(row)) => guard = row.read()?,
                Written::Conflict(None) => return Err(self.guard_gone(of).await?),
            }
            contention.lost().await?;
        }
    }

    /// What it means that a guard is not there that was. Whoever asks again finds an address without an account, where that has been deleted.
    async fn guard_gone(&self, of: GuardOf<'_>) -> Result<Error, Error> {
        Ok(match of {
            GuardOf::Account(id) if self.has_ended(id).await? => {
                Error::Contended(Cause::new("an account was deleted while its password was tried"))
            }
            GuardOf::Account(_) | GuardOf::Address(_) => no_guard(),
        })
    }

    /// Takes a try back whose password was right, in a request that came in at `since`, where that opens no session.
    ///
    /// # Errors
    /// `Contended`, `Unavailable`, `Internal`.
    pub(crate) async fn take_back(
        &self,
        account_id: AccountId,
        Counted { change, retraction, .. }: Counted,
        since: Instant,
    ) -> Result<(), Error> {
        let (mut contention, mut guard) = (self.app.contention(TRIES, since), change.guard);
        loop {
            let update = Update::new(Row::SessionGuard(account_id)).when(Condition::Exists);
            let update = changing(update, &guard.taking_back(&retraction))?;
            match self.app.store.update::<IgnoredAny>(update).await? {
                Written::Done(_) => return Ok(()),
                Written::Conflict(Some(row)) => guard = row.read()?,
                Written::Conflict(None) => return Err(no_guard()),
            }
            contention.lost().await?;
        }
    }
}

impl GuardAsRead<'_> {
    /// The guard.
    #[must_use]
    pub fn into_guard(self) -> Guard {
        self.guard
    }
}

impl GuardOf<'_> {
    /// Changes nothing but how long the row is kept, where it goes by itself. That of an account must be there.
    fn update(&self, now: Timestamp) -> Result<Update<'_>, Error> {
        match self {
            Self::Account(id) => Ok(Update::new(Row::SessionGuard(*id)).when(Condition::Exists)),
            Self::Address(key) => Update::new(Row::AddressGuard(key)).set("ttl", &(now + KEPT)),
        }
    }
}

fn no_guard() -> Error {
    Error::internal("an account has no guard")
}
