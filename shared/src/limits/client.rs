//! What clients do, by their addresses. Each has one row for three hours, whatever is counted in it, so that the row that a request
//! counts in tells all that is known of its client. A new row begins at nothing: nobody can make one grow for ever.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Limit, RateLimit, Span};
use crate::{
    caller::ClientAddress,
    error::Error,
    store::{Condition, Store, Update, Written},
    tables::Row,
    time::Timestamp,
};

/// How long a row is counted in.
const WINDOW: Duration = Duration::from_hours(3);

#[derive(Serialize, Deserialize)]
struct Client {}

impl Limit {
    /// Counts one more time for a client, if there is room, in the attribute `NAME_SLOT`: `WINDOW` is a number of spans, and each has a slot.
    /// One conditional update.
    ///
    /// # Errors
    /// `Unavailable`: what cannot be counted is not done.
    pub async fn count_client(
        &self,
        store: &Store,
        client: &ClientAddress,
        now: Timestamp,
    ) -> Result<RateLimit<()>, Error> {
        let (window, span) = (Span::of(WINDOW, now), Span::of(self.span, now));
        let slot = span.start.seconds_from(window.start).unsigned_abs() / self.span.as_secs().max(1);
        let counter = format!("{}_{slot}", self.name);
        let row = Update::new(Row::ClientCounter(client, window.start)).set("ttl", &(window.end + WINDOW))?;
        let update = row.count(counter.clone()).when(Condition::below(counter, &self.times)?);
        match store.update::<Client>(update).await? {
            Written::Done(Client {}) => Ok(RateLimit::Allowed(())),
            Written::Conflict(_) => Ok(RateLimit::Exceeded(span.seconds_left(now))),
        }
    }
}
