//! How long to wait between attempts.

use std::fmt::Display;
use std::time::Duration;

const FIRST: Duration = Duration::from_millis(200);
const LONGEST: Duration = Duration::from_secs(5);

/// The waits of one streak of failures.
pub(super) struct Backoff {
    next: Duration,
}

impl Default for Backoff {
    fn default() -> Self {
        Self { next: FIRST }
    }
}

impl Backoff {
    /// The next wait; each is twice as long as the one before, up to five seconds.
    pub(super) fn delay(&mut self) -> Duration {
        let delay = self.next;
        self.next = LONGEST.min(delay * 2);
        delay
    }

    /// Logs why an attempt failed, loudly only at the start of a streak: a function may be away for a long time.
    pub(super) fn failed(&self, reason: &impl Display) {
        if self.next == FIRST {
            tracing::warn!(%reason, "an event waits, and is tried again until the function takes it");
        } else {
            tracing::debug!(%reason, "an event still waits");
        }
    }
}
