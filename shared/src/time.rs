//! Time as an argument: one clock, one type, whole seconds.

use std::{
    fmt,
    ops::{Add, Sub},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, SystemTime},
};

use serde::{Deserialize, Serialize};

/// Seconds since 1970 (UTC): what is stored, signed and compared. Displayed as RFC 3339.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(i64);

impl Timestamp {
    /// From seconds since 1970.
    #[must_use]
    pub const fn from_second(second: i64) -> Self {
        Self(second)
    }

    /// Seconds since 1970.
    #[must_use]
    pub const fn as_second(self) -> i64 {
        self.0
    }

    /// For people, to the minute: `14:15 UTC on 24 August 2019`.
    #[must_use]
    pub fn in_words(self) -> String {
        jiff::Timestamp::from_second(self.0)
            .unwrap_or(jiff::Timestamp::MAX)
            .strftime("%H:%M UTC on %-d %B %Y")
            .to_string()
    }

    /// Whole seconds from `now` until this moment; 0 when it has passed.
    #[must_use]
    pub fn seconds_from(self, now: Self) -> i64 {
        (self.0 - now.0).max(0)
    }
}

impl Add<Duration> for Timestamp {
    type Output = Self;
    fn add(self, duration: Duration) -> Self {
        Self(self.0.saturating_add_unsigned(duration.as_secs()))
    }
}

impl Sub<Duration> for Timestamp {
    type Output = Self;
    fn sub(self, duration: Duration) -> Self {
        Self(self.0.saturating_sub_unsigned(duration.as_secs()))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        jiff::Timestamp::from_second(self.0).unwrap_or(jiff::Timestamp::MAX).fmt(f)
    }
}

/// The one source of `now`. In production it is the system's clock, in tests one that goes only when it is moved.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    stands_at: Option<Timestamp>,
    ahead: Arc<AtomicU64>,
    readings: Arc<AtomicU64>,
    /// By how many seconds each reading moves it.
    tick: Arc<AtomicU64>,
}

impl Clock {
    /// A clock that stands still at this moment, so that a test sees the same time however slow the machine is.
    #[must_use]
    pub fn at(moment: Timestamp) -> Self {
        Self { stands_at: Some(moment), ..Self::default() }
    }

    /// The current second.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        let now = Timestamp(0) + self.since_epoch();
        self.ahead.fetch_add(self.tick.load(Ordering::Relaxed), Ordering::Relaxed);
        now
    }

    /// Milliseconds since 1970: for what others count in milliseconds. On a clock that stands still each reading is one later than
    /// the one before, because ids and nonces that are made of them must rise.
    #[must_use]
    pub fn unix_ms(&self) -> u64 {
        let reading = self.stands_at.map_or(0, |_| self.readings.fetch_add(1, Ordering::Relaxed));
        u64::try_from(self.since_epoch().as_millis()).unwrap_or(u64::MAX).saturating_add(reading)
    }

    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the system clock")]
    fn since_epoch(&self) -> Duration {
        let since_epoch = match self.stands_at {
            Some(moment) => Duration::from_secs(moment.0.unsigned_abs()),
            None => SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default(),
        };
        since_epoch + Duration::from_secs(self.ahead.load(Ordering::Relaxed))
    }

    /// Makes each reading of the second one later than the one before, on this clock and its clones, so that a test counts readings.
    pub fn tick(&self) {
        self.tick.store(1, Ordering::Relaxed);
    }

    /// Moves this clock and its clones forward, so that expiry can be tested without sleeping.
    pub fn advance(&self, by: Duration) {
        self.ahead.fetch_add(by.as_secs(), Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timestamp_reads_as_rfc_3339() {
        assert_eq!(Timestamp::from_second(1_566_656_122).to_string(), "2019-08-24T14:15:22Z");
    }

    #[test]
    fn people_read_a_timestamp_in_words() {
        assert_eq!(Timestamp::from_second(1_566_656_122).in_words(), "14:15 UTC on 24 August 2019");
        assert_eq!(Timestamp::from_second(1_767_398_400).in_words(), "00:00 UTC on 3 January 2026");
    }

    #[test]
    fn clones_of_a_clock_move_together() {
        let clock = Clock::at(Timestamp::from_second(1_566_656_122));
        let before = clock.clone().now();
        clock.clone().advance(Duration::from_hours(1));
        assert_eq!(clock.now(), before + Duration::from_hours(1));
    }

    #[test]
    fn readings_of_a_ticking_clock_can_be_counted() {
        let clock = Clock::at(Timestamp::from_second(1_566_656_122));
        clock.clone().tick();
        assert_eq!(
            [clock.now(), clock.clone().now(), clock.now()].map(|now| now.as_second() - 1_566_656_122),
            [0, 1, 2]
        );
    }

    #[test]
    fn a_clock_can_stand_in_the_past_and_in_the_future() {
        for moment in [1_772_443_731, 4_102_444_800].map(Timestamp::from_second) {
            let clock = Clock::at(moment);
            let first_ms = moment.as_second().unsigned_abs() * 1_000;
            assert_eq!([clock.unix_ms(), clock.clone().unix_ms(), clock.unix_ms()], [0, 1, 2].map(|ms| first_ms + ms));
            assert_eq!(clock.now(), moment);
            clock.advance(Duration::from_hours(1));
            assert_eq!(clock.now(), moment + Duration::from_hours(1));
            assert_eq!(clock.unix_ms(), first_ms + 3_600_003);
        }
    }

    #[test]
    fn the_clock_of_production_goes_by_itself() {
        let clock = Clock::default();
        let start = clock.unix_ms();
        // Otherwise this does not end.
        while clock.unix_ms() == start {}
    }
}
