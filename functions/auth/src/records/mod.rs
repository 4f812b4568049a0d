//! Reads the record of an address and the account that it belongs to, lets a rule change the record, and writes it back with all that
//! follows from it, if nobody else has written in between. Otherwise the rule is asked again about what is there now.

pub mod account_row;
pub mod change_email;
pub mod change_password;
pub mod compare;
pub mod confirm_email;
pub mod ending;
pub mod guarded;
pub mod known;
mod language;
pub mod locked;
pub mod not_me;
pub mod notice;
pub mod own_password;
mod redeem;
pub mod set_password;
mod sign_up;
mod weak_password;

use std::time::Instant;

use compat::email::AddressKey;
use shared::{
    error::Error,
    language::Language,
    outbox::{Letter, Mail},
    store::{Condition, Put, Raced, Write},
    tables::Row,
    time::Timestamp,
};

use self::known::KnownAddress;
use crate::{account::Account, address::AddressRecord, state::Auth};

/// What those who change an address at once compete for.
pub const RECORD: &str = "an address record";

/// What a rule decided.
pub struct Decision<T> {
    /// For the client.
    pub answer: T,
    /// What to write along with the record; `None` leaves everything as it was.
    pub writes: Option<Vec<Write<'static>>>,
}

/// What is to be known of an address. Its version is the one that was read.
pub struct ChangedRecord {
    /// Which address.
    pub key: AddressKey,
    /// Its record.
    pub record: AddressRecord,
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
    /// Applies `rule` to the record of an address, for a request that came in at `since`. The rule is told whose the address is, and
    /// whether somebody else has written meanwhile. Of an account that is there nothing is written: whoever knows an address may get here.
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
        record: AddressRecord,
        writes: Vec<Write<'static>>,
    ) -> Result<bool, Error> {
        self.write_records(&[ChangedRecord { key: *key, record }], writes).await
    }

    /// Writes records of different addresses that a rule has changed, as [`Auth::write_record`] does.
    ///
    /// # Errors
    /// `Unavailable`, `Internal`.
    pub(crate) async fn write_records(
        &self,
        records: &[ChangedRecord],
        mut writes: Vec<Write<'static>>,
    ) -> Result<bool, Error> {
        for ChangedRecord { key, record } in records {
            writes.push(changed(key, record.clone())?);
        }
        Ok(self.app.store.race(writes).await? == Raced::Won)
    }
}

/// The write of a record that a rule has changed. It conflicts with whoever has written it since it was read.
///
/// # Errors
/// `Internal`.
pub fn changed(key: &AddressKey, mut record: AddressRecord) -> Result<Write<'_>, Error> {
    let as_read = match record.version {
        0 => Condition::New,
        seen => Condition::equals("version", &seen)?,
    };
    record.version += 1;
    Ok(Write::Put(Put::new(Row::Address(key), &record)?.when(as_read)))
}

/// The write that posts a letter.
///
/// # Errors
/// `Internal`.
pub fn post(letter: Letter, language: Language, now: Timestamp) -> Result<Write<'static>, Error> {
    Mail::new(letter, language, now)?.post().map(Write::Put)
}
