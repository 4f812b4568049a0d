//! The letters that wait for another try. Each has a row that says until when, so that none waits for another one.

use serde::{Deserialize, Serialize};
use shared::{
    error::Error,
    ids::MailId,
    outbox::RETENTION,
    store::{Condition, Expected, Put, Store, Write, Written},
    tables::{Row, Rows},
    time::Timestamp,
};

/// A letter that waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    /// The letter that waits.
    pub letter: MailId,
    /// It is tried again from then on.
    pub due: Timestamp,
    /// When it was written.
    pub since: Timestamp,
    /// How often it was tried.
    pub tries: u32,
    ttl: Timestamp,
}

impl Waiting {
    /// A letter, written at `since`, that is to be tried again, after so many tries.
    pub fn new(letter: MailId, since: Timestamp, due: Timestamp, tries: u32) -> Self {
        Self { letter, due, since, tries, ttl: since + RETENTION }
    }

    const fn row(&self) -> Row<'static> {
        Row::WaitingMail(self.due, self.letter)
    }
}

/// The rows of all letters that wait.
pub struct WaitingRoom {
    store: Store,
}

impl WaitingRoom {
    /// Over a table.
    pub const fn new(store: Store) -> Self {
        Self { store }
    }

    /// Up to `limit` of them, those that are due first; rows that say nothing of the kind among them.
    ///
    /// # Errors
    /// `Unavailable`, `Internal`.
    pub async fn first(&self, limit: u16) -> Result<Vec<Result<Waiting, Error>>, Error> {
        self.store.first_each(Rows::WaitingMails, limit).await
    }

    /// Keeps a letter that waits. Twice is as good as once.
    ///
    /// # Errors
    /// `Unavailable`, `Internal`.
    pub async fn add(&self, waiting: &Waiting) -> Result<(), Error> {
        let _always_done = self.store.put(Put::new(waiting.row(), waiting)?).await?;
        Ok(())
    }

    /// Keeps it in place of what was known of it. Where somebody else has seen to that, theirs stays the only row.
    ///
    /// # Errors
    /// `Unavailable`, `Internal`.
    pub async fn replace(&self, before: &Waiting, waiting: &Waiting) -> Result<(), Error> {
        let end = Expected::new(before.row()).when(Condition::Exists);
        let put = Put::new(waiting.row(), waiting)?;
        let _ours_or_theirs: Written<()> = self.store.transact(vec![Write::Delete(end), Write::Put(put)]).await?;
        Ok(())
    }

    /// It waits no more.
    ///
    /// # Errors
    /// `Unavailable`, `Internal`.
    pub async fn remove(&self, waiting: &Waiting) -> Result<(), Error> {
        self.store.delete(waiting.row()).await
    }
}
