//! What clients do, by their addresses. Each has one row for three hours, whatever is counted in it, so that the row that a request
//! counts in tells all that is known of its client. A new row begins at nothing: nobody can make one grow for ever.

use std::time::Duration;

use serde::de::DeserializeOwned;

use super::{Limit, RateLimit, Span};
use crate::{
    caller::ClientAddress,
    error::Error,
    store::{Condition, Store, Update, Written},
    tables::Row,
    time::Timestamp,
};

const LENGTH: Duration = Duration::from_hours(3);

/// The time that a row of a client is for.
#[derive(Clone, Copy, Debug)]
pub struct Window(Span);

impl Window {
    /// The one that a moment is in.
    #[must_use]
    pub fn of(now: Timestamp) -> Self {
        Self(Span::of(LENGTH, now))
    }

    /// The one after it.
    #[must_use]
    pub fn next(self) -> Self {
        Self::of(self.0.end)
    }

    /// When it is over.
    #[must_use]
    pub const fn end(self) -> Timestamp {
        self.0.end
    }

    /// A client's row, and nothing that changes in it yet but how long it is kept.
    ///
    /// # Errors
    /// `Internal`: never, for a time is a number.
    pub fn row(self, client: &ClientAddress) -> Result<Update<'_>, Error> {
        // The table's expiry may be late by days; it cleans up and decides nothing.
        Update::new(Row::ClientCounter(client, self.0.start)).set("ttl", &(self.0.end + LENGTH))
    }
}

impl Limit {
    /// Counts one more time for a client, if there is room, in the attribute `NAME_SLOT`: a window is a number of spans, and each has a
    /// slot. One conditional update, which answers with what the row says of the client besides.
    ///
    /// # Errors
    /// `Unavailable`: what cannot be counted is not done. `Internal` when the row is not a `T`.
    pub async fn count_client<T: DeserializeOwned>(
        &self,
        store: &Store,
        client: &ClientAddress,
        now: Timestamp,
    ) -> Result<RateLimit<T>, Error> {
        let (window, span) = (Window::of(now), Span::of(self.span, now));
        let slot = span.start.seconds_from(window.0.start).unsigned_abs() / self.span.as_secs().max(1);
        let counter = format!("{}_{slot}", self.name);
        let update = window.row(client)?.count(counter.clone()).when(Condition::below(counter, &self.times)?);
        match store.update(update).await? {
            Written::Done(known) => Ok(RateLimit::Allowed(known)),
            Written::Conflict(_) => Ok(RateLimit::Exceeded(span.seconds_left(now))),
        }
    }
}
