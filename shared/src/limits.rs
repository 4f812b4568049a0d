//! How often somebody may do something: counters in the table Limits, one for each span of time, gone by themselves when it is over. Spans
//! are aligned, so that counting one time more is one conditional update.

pub mod client;

use std::time::Duration;

use serde::Deserialize;

use crate::{
    error::Error,
    store::{Condition, Store, Update, Written},
    tables::Row,
    time::Timestamp,
};

/// So many times in each span of time.
#[derive(Clone, Copy, Debug)]
pub struct Limit {
    /// What is counted; part of the name of the counter.
    pub name: &'static str,
    /// How many times.
    pub times: u32,
    /// In how long. Whole seconds.
    pub span: Duration,
}

/// Whether a limit lets somebody do it once more.
#[must_use]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RateLimit<T> {
    /// It does, and has counted this time. What is known then.
    Allowed(T),
    /// It does not, for so many seconds from now, at least one. Nothing was counted.
    Exceeded(i64),
}

/// What came of counting one more time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count {
    /// How many times there have been, this one included if it is.
    pub times: u32,
    /// Whether there was room for this one.
    pub has_room: bool,
    /// Until there are fresh ones: at least one.
    pub seconds_left: i64,
}

#[derive(Deserialize)]
struct Counter {
    times: u32,
}

/// The span that a moment is in.
#[derive(Clone, Copy, Debug)]
struct Span {
    start: Timestamp,
    end: Timestamp,
}

impl Span {
    fn of(length: Duration, now: Timestamp) -> Self {
        let seconds = i64::try_from(length.as_secs().max(1)).unwrap_or(i64::MAX);
        let start = Timestamp::from_second(now.as_second() - now.as_second().rem_euclid(seconds));
        Self { start, end: start + length }
    }

    fn seconds_left(self, now: Timestamp) -> i64 {
        self.end.seconds_from(now).max(1)
    }
}

impl Limit {
    /// Counts one more time for `whom`, if there is room, and says how many there have been. One conditional update.
    ///
    /// # Errors
    /// `Unavailable`: what cannot be counted is not done.
    pub async fn count(&self, store: &Store, whom: &str, now: Timestamp) -> Result<RateLimit<u32>, Error> {
        let Count { times, has_room, seconds_left } = self.count_and_tell(store, whom, now).await?;
        Ok(if has_room { RateLimit::Allowed(times) } else { RateLimit::Exceeded(seconds_left) })
    }

    /// Counts one more time for `whom`, if there is room, and says in any case how many there have been. One conditional update.
    ///
    /// # Errors
    /// `Unavailable`: what cannot be counted is not done.
    pub async fn count_and_tell(&self, store: &Store, whom: &str, now: Timestamp) -> Result<Count, Error> {
        let span = Span::of(self.span, now);
        let row = format!("{}#{whom}#{}", self.name, span.start.as_second());
        // The table's expiry may be late by days; it cleans up and decides nothing.
        let update = Update::new(Row::Counter(&row)).count("times").set("ttl", &(span.end + self.span))?;
        let seconds_left = span.seconds_left(now);
        Ok(match store.update::<Counter>(update.when(Condition::below("times", &self.times)?)).await? {
            Written::Done(Counter { times }) => Count { times, has_room: true, seconds_left },
            Written::Conflict(Some(there)) => {
                Count { times: there.read::<Counter>()?.times, has_room: false, seconds_left }
            }
            Written::Conflict(None) => Count { times: self.times, has_room: false, seconds_left },
        })
    }
}
