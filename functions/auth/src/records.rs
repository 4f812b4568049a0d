//! Reads the record of an address, lets a rule change it, and writes it back with all that follows from it, if nobody else has
//! written in between. Otherwise the rule is asked again about what is there now.

use std::time::Instant;

use serde::{Deserialize, Serialize};
use shared::{
    email::{AddressKey, EmailAddress},
    error::Error,
    ids::AccountId,
    keys::Row,
    outbox::{Letter, Mail},
    store::{Condition, Put, Raced, Write},
    time::Timestamp,
};

use crate::{
    address::{AddressRecord, Owner},
    sessions::new_guard,
    state::Auth,
};

/// What those who change an address at once compete for.
pub const RECORD: &str = "an address record";

/// What a rule decided.
pub struct Decision<T> {
    /// For the client.
    pub answer: T,
    /// What to write along with the record; `None` leaves everything as it was.
    pub writes: Option<Vec<Write<'static>>>,
}

impl<T> Decision<T> {
    /// Nothing changes.
    pub const fn keep(answer: T) -> Self {
        Self { answer, writes: None }
    }

    /// The record changes, and these rows with it.
    pub const fn write(answer: T, writes: Vec<Write<'static>>) -> Self {
        Self { answer, writes: Some(writes) }
    }
}

/// The profile of an account: one row of the Accounts table.
#[derive(Serialize, Deserialize)]
pub struct Profile {
    pub(crate) id: AccountId,
    pub(crate) email: EmailAddress,
    pub(crate) full_name: Option<String>,
    pub(crate) avatar_url: Option<String>,
    pub(crate) phone: Option<String>,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

impl Auth {
    /// Applies `rule` to the record of an address, for a request that came in at `since`. The rule is told whether somebody else has written
    /// meanwhile.
    ///
    /// # Errors
    /// Those of the rule; `Unavailable` when the table is down, `Contended` when others are quicker all the time.
    pub(crate) async fn change_record<T>(
        &self,
        key: &AddressKey,
        since: Instant,
        rule: impl Fn(&mut AddressRecord, bool) -> Result<Decision<T>, Error>,
    ) -> Result<T, Error> {
        let (mut contention, mut first_seen) = (self.app.contention(RECORD, since), None);
        loop {
            let rule = |record: &mut AddressRecord| {
                let raced = *first_seen.get_or_insert(record.version) < record.version;
                rule(record, raced)
            };
            if let Some(answer) = self.try_change(key, rule).await? {
                return Ok(answer);
            }
            contention.lost().await?;
        }
    }

    /// Applies `rule` to the record of an address once; `None` when somebody else has written to any of the rows meanwhile, or is about to.
    ///
    /// # Errors
    /// Those of the rule; `Unavailable`.
    pub(crate) async fn try_change<T>(
        &self,
        key: &AddressKey,
        rule: impl FnOnce(&mut AddressRecord) -> Result<Decision<T>, Error>,
    ) -> Result<Option<T>, Error> {
        let mut record = self.record(key).await?;
        let Decision { answer, writes } = rule(&mut record)?;
        let Some(writes) = writes else { return Ok(Some(answer)) };
        Ok(self.write_record(key, record, writes).await?.then_some(answer))
    }

    /// Writes a record that a rule has changed, and what belongs to the change; `false` when somebody else has written to any of the rows
    /// since it was read.
    ///
    /// # Errors
    /// `Unavailable`, `Internal`.
    pub(crate) async fn write_record(
        &self,
        key: &AddressKey,
        mut record: AddressRecord,
        mut writes: Vec<Write<'static>>,
    ) -> Result<bool, Error> {
        let as_read = match record.version {
            0 => Condition::New,
            seen => Condition::equals("version", &seen)?,
        };
        record.version += 1;
        writes.push(Write::Put(Put::new(Row::Address(key), &record)?.when(as_read)));
        Ok(self.app.store.race(writes).await? == Raced::Won)
    }

    /// The record of an address; an empty one when there is none.
    pub(crate) async fn record(&self, key: &AddressKey) -> Result<AddressRecord, Error> {
        Ok(self.app.store.get(Row::Address(key)).await?.unwrap_or_default())
    }
}

/// The write that posts a letter.
pub fn post(letter: Letter, now: Timestamp) -> Result<Write<'static>, Error> {
    Mail::new(letter, now)?.post().map(Write::Put)
}

/// Says that an account has come into being: once its writes have taken place.
pub fn account_created() {
    tracing::info!(event = "account_created", "an account has come into being");
}

/// The writes that make an account.
///
/// # Errors
/// `Internal`.
pub fn new_account(owner: &Owner, now: Timestamp) -> Result<Vec<Write<'static>>, Error> {
    let profile = Profile {
        id: owner.id,
        email: owner.email.clone(),
        full_name: None,
        avatar_url: None,
        phone: None,
        created_at: now,
        updated_at: now,
    };
    let profile = Put::new(Row::Account(owner.id), &profile)?.when(Condition::New);
    Ok(vec![Write::Put(profile), new_guard(owner.id)?])
}
