//! Reads the record of an address and the account that it belongs to, lets a rule change the record, and writes it back with all that
//! follows from it, if nobody else has written in between. Otherwise the rule is asked again about what is there now.

mod account_row;
mod redeem;
mod set_password;
mod sign_up;

use std::time::Instant;

use serde::de::IgnoredAny;
use shared::{
    email::AddressKey,
    error::Error,
    ids::AccountId,
    keys::Row,
    outbox::{Letter, Mail},
    store::{Condition, Put, Raced, Write},
    time::Timestamp,
};

use crate::{account::Account, address::AddressRecord, state::Auth};

/// What those who change an address at once compete for.
pub const RECORD: &str = "an address record";

/// What is known of an address.
pub struct KnownAddress {
    /// The record of the address; an empty one when there is none.
    pub record: AddressRecord,
    /// The account that it belongs to.
    pub account: Option<Account>,
}

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

impl Auth {
    /// Applies `rule` to the record of an address, for a request that came in at `since`. The rule is told whose the address is, and whether
    /// somebody else has written meanwhile. Of the account nothing is written: whoever knows an address may get here.
    ///
    /// # Errors
    /// Those of the rule; `Unavailable` when the table is down, `Contended` when others are quicker all the time.
    pub(crate) async fn change_record<T>(
        &self,
        key: &AddressKey,
        since: Instant,
        rule: impl Fn(&mut AddressRecord, Option<&Account>, bool) -> Result<Decision<T>, Error>,
    ) -> Result<T, Error> {
        let (mut contention, mut first_seen) = (self.app.contention(RECORD, since), None);
        loop {
            let KnownAddress { mut record, account } = self.known_address(key).await?;
            let raced = *first_seen.get_or_insert(record.version) < record.version;
            let Decision { answer, writes } = rule(&mut record, account.as_ref(), raced)?;
            let Some(writes) = writes else { return Ok(answer) };
            if self.write_record(key, record, writes).await? {
                return Ok(answer);
            }
            contention.lost().await?;
        }
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
    ///
    /// # Errors
    /// `Unavailable`, `Internal`.
    pub(crate) async fn record(&self, key: &AddressKey) -> Result<AddressRecord, Error> {
        Ok(self.app.store.get(Row::Address(key)).await?.unwrap_or_default())
    }

    /// The record of an address and its account. Where there is no account, a row is looked for that is not there: who measures what a
    /// request costs learns nothing.
    ///
    /// # Errors
    /// As [`Auth::account`].
    pub(crate) async fn known_address(&self, key: &AddressKey) -> Result<KnownAddress, Error> {
        let record = self.record(key).await?;
        let account = if let Some(owner) = record.owner() {
            Some(self.account(owner).await?)
        } else {
            let _nobody: Option<IgnoredAny> = self.app.store.get(Row::Account(decoy(key))).await?;
            None
        };
        Ok(KnownAddress { record, account })
    }

    /// An account that an address belongs to.
    ///
    /// # Errors
    /// `Contended` in the moment in which it comes into being: reads see the rows of one transaction one after the other. `Unavailable`,
    /// `Internal`.
    pub(crate) async fn account(&self, id: AccountId) -> Result<Account, Error> {
        let account = self.app.store.get(Row::Account(id)).await?;
        account.ok_or_else(|| Error::Contended("an account that an address belongs to is not there yet".to_owned()))
    }
}

/// The id that an address without an account is looked up by in vain.
fn decoy(key: &AddressKey) -> AccountId {
    AccountId::from_bytes(std::array::from_fn(|at| key.as_bytes()[at]))
}

/// The write that posts a letter.
///
/// # Errors
/// `Internal`.
pub fn post(letter: Letter, now: Timestamp) -> Result<Write<'static>, Error> {
    Mail::new(letter, now)?.post().map(Write::Put)
}
