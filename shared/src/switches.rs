//! What operators switch while the service runs, in one row that every function may read.

use std::{sync::Arc, time::Duration};

use serde::{Deserialize, Serialize};

use crate::{app::App, error::Error, rotation::Cached, tables::Row, time::Timestamp};

/// A switch works within this time, and costs an instance one read in it.
const AGAIN_AFTER: Duration = Duration::from_secs(30);
/// What was read this long ago says nothing any more: nobody knows then who may go on.
const TRUSTED: Duration = Duration::from_mins(10);

/// Where operators have shut the vault, it is worth asking again after so many seconds: nobody knows for how long it is shut.
const ASK_AGAIN: i64 = 60 * 60;

/// What whoever asks for something of a vault that is shut is told.
pub const VAULT_FROZEN: &str =
    "The vault shows no secret for a while after the account was secured or has changed its address";

/// The switches. Where there is no row, all are as they are by default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Switches {
    /// When clients are asked for a challenge.
    pub challenge: ChallengeSwitch,
    /// Sessions count that began later than this, and no others; all of them where there is no such time.
    pub sessions_from: Option<Timestamp>,
    /// Whether the vault shows no secret to anybody and signs nothing.
    pub vault_frozen: bool,
    /// Whether nobody can sign up.
    pub sign_up_closed: bool,
}

/// When clients are asked for a challenge.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChallengeSwitch {
    /// Where counters say that somebody attacks.
    #[default]
    Auto,
    /// Always, for who attacks stays below every counter.
    Always,
}

impl Switches {
    /// Whether a session counts that began then.
    #[must_use]
    pub fn let_live(&self, created_at: Timestamp) -> bool {
        self.sessions_from.is_none_or(|from| created_at > from)
    }
}

/// The switches as an instance knows them.
pub(crate) fn known() -> Cached<Switches> {
    Cached::new("switches", AGAIN_AFTER, TRUSTED)
}

impl App {
    /// The switches as they were half a minute ago, or some minutes ago where they cannot be read.
    ///
    /// # Errors
    /// `Unavailable` when they could not be read for longer than that; `Internal` when the row says something else.
    pub async fn switches(&self, now: Timestamp) -> Result<Arc<Switches>, Error> {
        let read = async |_| Ok(self.store.get(Row::Switches).await?.unwrap_or_default());
        self.known_switches.get(now, read).await
    }

    /// For how many seconds the vault is shut for a caller for whom a change of the account has shut it until then, or has not; at least one.
    /// None where it is open. All that shuts it is asked here.
    ///
    /// # Errors
    /// `Unavailable` where nobody knows whether operators have shut it; `Internal`.
    pub async fn vault_frozen_for(&self, by_change: Option<Timestamp>, now: Timestamp) -> Result<Option<i64>, Error> {
        let by_operators = self.switches(now).await?.vault_frozen.then_some(ASK_AGAIN);
        let by_change = by_change.map(|until| until.seconds_from(now).max(1));
        Ok(by_change.max(by_operators))
    }
}
