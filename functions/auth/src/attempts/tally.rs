//! What failed tries come to.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use shared::time::Timestamp;

/// In seconds.
pub const LONGEST_LOCK: u64 = 15 * 60;
/// After so long without a try, those before count no more for locks.
const QUIET: Duration = Duration::from_secs(LONGEST_LOCK);
/// Failures in one day, in UTC; then no more are taken until it ends.
pub const IN_A_DAY: i32 = 100;
/// In seconds.
const DAY: i64 = 24 * 60 * 60;

/// From which failure on there are locks, and how long the first one is. Each further one is twice as long, up to [`LONGEST_LOCK`].
pub struct Bound {
    /// Failures without a lock.
    pub free: u32,
    /// In seconds.
    pub first_lock: u64,
}

/// Failures, and what they have led to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Tally {
    /// In a row, without a success or a quiet time in between.
    pub failures: u32,
    /// When the last one was.
    pub failed_at: Option<Timestamp>,
    /// From when on the next may be tried.
    pub free_from: Option<Timestamp>,
    /// The day of the last one: days since 1970.
    pub day: i64,
    /// Failures on that day. Below zero where a success takes its own one back after the count has begun anew.
    pub day_failures: i32,
}

impl Tally {
    /// For how many seconds nothing may be tried, at least one; `None` when something may be.
    pub fn seconds_locked(&self, now: Timestamp) -> Option<i64> {
        // Clocks differ: a row that is a day ahead is not behind.
        let is_used_up = self.day >= day(now) && self.day_failures >= IN_A_DAY;
        let tomorrow = is_used_up.then(|| Timestamp::from_second((self.day + 1) * DAY));
        let until = self.free_from.filter(|from| now < *from).max(tomorrow);
        until.map(|until| until.seconds_from(now).max(1))
    }

    /// With one failure more.
    pub fn counted(&self, bound: &Bound, now: Timestamp) -> Self {
        let is_quiet = self.failed_at.is_none_or(|at| at + QUIET <= now);
        let failures = if is_quiet { 1 } else { self.failures.saturating_add(1) };
        let today = if self.day >= day(now) { self.day_failures.max(0) } else { 0 };
        Self {
            failures,
            failed_at: Some(now),
            free_from: bound.lock(failures).map(|lock| now + lock),
            day: self.day.max(day(now)),
            day_failures: today.saturating_add(1),
        }
    }

    /// What is left after a right password: the failures before it are forgiven, but not what they used up of the day.
    #[must_use]
    pub const fn forgiven(&self) -> Self {
        Self { failures: 0, failed_at: None, free_from: None, day: self.day, day_failures: self.day_failures }
    }

    /// What is left where the last try was the right one itself: the failures before it are forgiven, and it was none.
    #[must_use]
    pub const fn taken_back(&self) -> Self {
        Self { day_failures: self.day_failures.saturating_sub(1), ..self.forgiven() }
    }
}

impl Bound {
    fn lock(&self, failures: u32) -> Option<Duration> {
        let further = failures.checked_sub(self.free + 1)?;
        let seconds = 1_u64.checked_shl(further).map_or(LONGEST_LOCK, |times| self.first_lock.saturating_mul(times));
        Some(Duration::from_secs(seconds.min(LONGEST_LOCK)))
    }
}

/// Days since 1970, in UTC.
const fn day(now: Timestamp) -> i64 {
    now.as_second().div_euclid(DAY)
}
