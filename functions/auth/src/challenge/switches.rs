//! What operators have switched on.

use std::{sync::Arc, time::Duration};

use shared::{error::Error, rotation::Cached, switches::Switches, tables::Row, time::Timestamp};

use crate::state::Auth;

/// A switch works within this time, and costs one read in it.
const AGAIN_AFTER: Duration = Duration::from_secs(30);
/// What was read this long ago says nothing any more: it is not known then whether somebody attacks.
const TRUSTED: Duration = Duration::from_mins(10);

/// The switches as an instance knows them.
#[must_use]
pub fn switches() -> Cached<Switches> {
    Cached::new("the operators' switches", AGAIN_AFTER, TRUSTED)
}

impl Auth {
    /// The switches as they were half a minute ago, or some minutes ago where they cannot be read.
    ///
    /// # Errors
    /// `Unavailable` when they could not be read for longer than that; `Internal` when the row says something else.
    pub(crate) async fn switches(&self, now: Timestamp) -> Result<Arc<Switches>, Error> {
        let read = async |_| Ok(self.app.store.get(Row::Switches).await?.unwrap_or_default());
        self.known_switches.get(now, read).await
    }
}
