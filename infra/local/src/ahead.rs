//! The clock of the functions, which people move forward: what expires can be seen to do so without waiting.
//!
//! In other processes the functions read how far it is ahead from a file of ours. The exchanges and the identity providers, which must
//! have the same time, are in this process.

use std::sync::Mutex;
use std::time::Duration;

use serde::Serialize;
use shared::time::{Clock, Timestamp};

use crate::Error;
use crate::lock::lock;
use crate::state::StateFile;

/// Ten years. Whoever goes further has mistaken the unit.
const FURTHEST: u64 = 10 * 365 * 24 * 60 * 60;

/// Where the clock stands.
#[derive(Serialize)]
pub(crate) struct Standing {
    now: String,
    /// How many seconds that is ahead of the real clock, by what people have asked for.
    ahead: u64,
}

/// How far people have moved the clock.
pub(crate) struct Ahead {
    clock: Clock,
    file: StateFile,
    seconds: Mutex<u64>,
}

impl Ahead {
    /// Moves the clock to where it was when the state was left.
    pub(crate) fn open(clock: Clock, file: StateFile) -> Result<Self, Error> {
        let seconds = file.read_json()?.unwrap_or_default();
        clock.advance(Duration::from_secs(seconds));
        Ok(Self { clock, file, seconds: Mutex::new(seconds) })
    }

    /// The present moment, as the functions have it.
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Where it stands.
    pub(crate) fn standing(&self) -> Standing {
        Standing { now: self.now().to_string(), ahead: *lock(&self.seconds) }
    }

    /// Moves it forward, never back: nothing here expects that something has not happened yet. False if that were too far.
    pub(crate) fn advance(&self, by: u64) -> Result<bool, Error> {
        let mut seconds = lock(&self.seconds);
        let Some(ahead) = seconds.checked_add(by).filter(|ahead| *ahead <= FURTHEST) else {
            return Ok(false);
        };
        self.file.replace(&ahead.to_string())?;
        self.clock.advance(Duration::from_secs(by));
        *seconds = ahead;
        Ok(true)
    }
}
