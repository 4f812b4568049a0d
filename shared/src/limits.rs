//! How often somebody may do something: counters in the table Limits, one for each span of time, gone by themselves when it is over.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{
    error::Error,
    store::{Condition, Store, Update, Written},
    tables::Row,
    time::Timestamp,
};

/// So many times in each span of time.
#[derive(Clone, Copy, Debug)]
pub struct Limit {
    /// What is counted; part of the counter's key.
    pub name: &'static str,
    /// How many times.
    pub times: u32,
    /// In how long. Whole seconds.
    pub span: Duration,
}

/// Whether a limit lets somebody do it once more.
#[must_use]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RateLimit {
    /// It does, and has counted this time.
    Allowed,
    /// It does not, for so many seconds from now. Nothing was counted.
    Exceeded(i64),
}

#[derive(Serialize, Deserialize)]
struct Counter {}

impl Limit {
    /// Counts one more time for `whom`, if there is room. One conditional update.
    ///
    /// # Errors
    /// `Unavailable`: what cannot be counted is not done.
    pub async fn count(&self, store: &Store, whom: &str, now: Timestamp) -> Result<RateLimit, Error> {
        let span = i64::try_from(self.span.as_secs().max(1)).unwrap_or(i64::MAX);
        let start = now.as_second() - now.as_second().rem_euclid(span);
        let end = Timestamp::from_second(start) + self.span;
        let row = format!("{}#{whom}#{start}", self.name);
        // The table's expiry may be late by days; it cleans up and decides nothing.
        let update = Update::new(Row::Counter(&row)).count("times").set("ttl", &(end + self.span))?;
        match store.update::<Counter>(update.when(Condition::below("times", &self.times)?)).await? {
            Written::Done(Counter {}) => Ok(RateLimit::Allowed),
            Written::Conflict(_) => Ok(RateLimit::Exceeded(end.seconds_from(now).max(1))),
        }
    }
}
