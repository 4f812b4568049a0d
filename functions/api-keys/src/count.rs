//! What is counted: how many keys an account has, which one row says that changes in the transactions that the keys come and go in;
//! and how often something is done.

use serde::{Deserialize, Serialize};
use shared::{
    error::Error,
    ids::AccountId,
    limits::RateLimit,
    store::{Condition, Update, Write},
    tables::{Row, Rows},
    time::Timestamp,
};

use crate::{
    access::Access,
    limits::{MOST_KEYS, UseLimit},
    record::Fingerprint,
    refusal::Refusal,
    state::Vault,
};

/// The row that says how many keys an account has.
#[derive(Serialize, Deserialize)]
struct KeyCount {
    /// Nothing where the account ended before it stored any.
    keys: Option<i64>,
    /// When the account ended: from then on no key comes in.
    ended_at: Option<Timestamp>,
}

impl KeyCount {
    /// Why no key comes in, if none does.
    fn refusal(&self) -> Option<Refusal> {
        match (self.ended_at, self.keys) {
            // Its sessions are gone, too, or will be in a moment.
            (Some(_), _) => Some(Error::InvalidToken.into()),
            (None, Some(keys)) if keys >= i64::from(MOST_KEYS) => Some(Refusal::Full),
            (None, _) => None,
        }
    }
}

/// A row of which nothing matters but that it is there.
#[derive(Deserialize)]
struct Any {}

/// One key more: if there is room for it, and the account has not ended.
pub fn one_more(account: AccountId) -> Result<Write<'static>, Error> {
    let row = Update::new(Row::KeyCount(account)).count("keys");
    Ok(Write::Update(row.when(Condition::below("keys", &MOST_KEYS)?).when(Condition::Absent("ended_at"))))
}

/// One key less, of those that were counted.
pub fn one_less(account: AccountId) -> Result<Write<'static>, Error> {
    let row = Update::new(Row::KeyCount(account)).add("keys", -1);
    Ok(Write::Update(row.when(Condition::above("keys", &0)?)))
}

/// What is counted, and what there is.
#[derive(Clone, Copy)]
pub struct Recount {
    counted: Option<i64>,
    keys: usize,
}

impl Recount {
    /// One key less of those that there are, whatever was counted: for keys that somebody has put back or taken away behind our
    /// back.
    pub fn one_less(self, account: AccountId) -> Result<Write<'static>, Error> {
        let row = Update::new(Row::KeyCount(account)).set("keys", &self.keys.saturating_sub(1))?;
        let as_seen = match self.counted {
            Some(keys) => Condition::equals("keys", &keys)?,
            None => Condition::Absent("keys"),
        };
        Ok(Write::Update(row.when(as_seen)))
    }
}

impl Vault {
    /// Counts something that is done, with `what` it is done to where that is counted for itself.
    ///
    /// # Errors
    /// `TooMany`; `Failed` where nothing can be counted.
    pub(crate) async fn count(&self, of: UseLimit, access: &Access, what: &str) -> Result<(), Refusal> {
        let whom = format!("{}#{what}", of.whom(&access.actor));
        match of.limit.count(&self.app.store, &whom, access.now).await? {
            RateLimit::Allowed(_) => Ok(()),
            RateLimit::Exceeded(seconds) => Err(Refusal::TooMany(seconds)),
        }
    }

    /// Why a new key was not stored; `None` when nothing stands in its way any more.
    ///
    /// # Errors
    /// `Unavailable`, `Internal`.
    pub(crate) async fn obstacle(&self, account: AccountId, fingerprint: &str) -> Result<Option<Refusal>, Error> {
        let kept: Option<Fingerprint> = self.app.store.get(Row::Fingerprint(fingerprint)).await?;
        if kept.is_some() {
            return Ok(Some(Refusal::Duplicate));
        }
        self.no_room(account).await
    }

    /// Why an account gets no key more; `None` when it does.
    ///
    /// # Errors
    /// `Unavailable`, `Internal`.
    pub(crate) async fn no_room(&self, account: AccountId) -> Result<Option<Refusal>, Error> {
        let count: Option<KeyCount> = self.app.store.get(Row::KeyCount(account)).await?;
        Ok(count.and_then(|count| count.refusal()))
    }

    /// Counts the keys of an account once more.
    ///
    /// # Errors
    /// `Unavailable`, `Internal`.
    pub(crate) async fn recount(&self, account: AccountId) -> Result<Recount, Error> {
        // First what is counted: a key that comes or goes meanwhile changes that, and the count is not set.
        let counted: Option<KeyCount> = self.app.store.get(Row::KeyCount(account)).await?;
        let keys: Vec<Any> = self.app.store.query(Rows::ExchangeKeysOf(account)).await?;
        Ok(Recount { counted: counted.and_then(|count| count.keys), keys: keys.len() })
    }
}
