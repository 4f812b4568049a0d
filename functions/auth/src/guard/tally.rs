//! What failed tries come to.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use shared::time::Timestamp;

/// In seconds.
pub const LONGEST_LOCK: u64 = 15 * 60;
/// After so long without a failure, those before count no more for locks.
const QUIET: Duration = Duration::from_secs(LONGEST_LOCK);
/// Failures in one day, in UTC; then no more are taken until it ends.
pub const IN_A_DAY: u32 = 100;
/// In seconds.
const DAY: i64 = 24 * 60 * 60;

/// From which failure on there are locks, and how long the first one is. Each further one is twice as long, up to [`LONGEST_LOCK`].
pub struct Bound {
    /// Failures without a lock.
    pub free: u32,
    /// In seconds.
    pub first_lock: u64,
}

/// Failures, and how many of them were on one day. What they have led to follows from that.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Tally {
    /// In a row, without a quiet time in between.
    pub failures: u32,
    /// When the last one was.
    pub failed_at: Option<Timestamp>,
    /// The day of the last one: days since 1970.
    pub day: i64,
    /// Failures on that day.
    pub day_failures: u32,
}

impl Tally {
    /// For how many seconds nothing may be tried, at least one; `None` when something may be.
    pub(super) fn seconds_locked(&self, bound: &Bound, now: Timestamp) -> Option<i64> {
        // Clocks differ: a row that is a day ahead is not behind.
        let is_used_up = self.day >= now.days() && self.day_failures >= IN_A_DAY;
        let tomorrow = is_used_up.then(|| Timestamp::from_second((self.day + 1) * DAY));
        let lock = self.failed_at.zip(bound.lock(self.failures)).map(|(at, lock)| at + lock);
        let until = lock.filter(|until| now < *until).max(tomorrow);
        until.map(|until| until.seconds_from(now).max(1))
    }

    /// What of it still counts: nothing in a row after a quiet time, and nothing of another day.
    pub(super) fn current(&self, now: Timestamp) -> Self {
        let is_quiet = self.failed_at.is_none_or(|at| at + QUIET <= now);
        let is_today = self.day >= now.days();
        Self {
            failures: if is_quiet { 0 } else { self.failures },
            failed_at: self.failed_at,
            day: self.day.max(now.days()),
            day_failures: if is_today { self.day_failures } else { 0 },
        }
    }

    /// With one failure more.
    pub(super) fn counted(&self, now: Timestamp) -> Self {
        let Self { failures, day, day_failures, .. } = self.current(now);
        Self {
            failures: failures.saturating_add(1),
            failed_at: Some(now),
            day,
            day_failures: day_failures.saturating_add(1),
        }
    }

    /// Without the failure that has made `after` of `before`. When the one before it was, is known as long as none has come after it.
    pub(super) fn without(&self, before: &Self, after: &Self) -> Self {
        let is_last = self.failed_at == after.failed_at && self.failures <= after.failures;
        Self {
            failures: self.failures.saturating_sub(1),
            failed_at: if is_last { before.failed_at } else { self.failed_at },
            day: self.day,
            day_failures: self.day_failures.saturating_sub(u32::from(self.day == after.day)),
        }
    }
}

impl Bound {
    fn lock(&self, failures: u32) -> Option<Duration> {
        let further = failures.checked_sub(self.free + 1)?;
        let seconds = 1_u64.checked_shl(further).map_or(LONGEST_LOCK, |times| self.first_lock.saturating_mul(times));
        Some(Duration::from_secs(seconds.min(LONGEST_LOCK)))
    }
}
