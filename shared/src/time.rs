//! Time as an argument: one clock, one type, whole seconds.

use std::{
    fmt, fs,
    ops::{Add, Sub},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, SystemTime},
};

use serde::{Deserialize, Serialize};

use crate::config::{ConfigError, Env, Stage};

/// What the local AWS calls the file, in the directory of its state, that says how many seconds the functions' clock is ahead.
pub const CLOCK_FILE: &str = "clock";

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

    /// For people of every language, to the minute: `2019-08-24 14:15 UTC`.
    #[must_use]
    pub fn in_words(self) -> String {
        jiff::Timestamp::from_second(self.0).unwrap_or(jiff::Timestamp::MAX).strftime("%Y-%m-%d %H:%M UTC").to_string()
    }

    /// Days since 1970, in UTC.
    #[must_use]
    pub const fn days(self) -> i64 {
        self.0.div_euclid(24 * 60 * 60)
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
    /// The file that says how many seconds it is ahead besides, at each reading anew.
    follows: Option<Arc<Path>>,
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

    /// The clock of a process: the system's. Only on the stage `local` may `LOCAL_STATE` name the directory of a local AWS, where people
    /// move it.
    ///
    /// # Errors
    /// When it is named on another stage.
    pub fn read(env: &Env<'_>) -> Result<Self, ConfigError> {
        let Some(state) = env.optional("LOCAL_STATE") else {
            return Ok(Self::default());
        };
        if Stage::read(env)? != Stage::Local {
            return Err(ConfigError::new("LOCAL_STATE is allowed on the stage local only"));
        }
        Ok(Self { follows: Some(PathBuf::from(state).join(CLOCK_FILE).into()), ..Self::default() })
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
        since_epoch + Duration::from_secs(self.ahead.load(Ordering::Relaxed).saturating_add(self.moved()))
    }

    /// A file that nobody has written yet says zero.
    fn moved(&self) -> u64 {
        let content = self.follows.as_ref().and_then(|file| fs::read_to_string(file).ok());
        content.and_then(|seconds| seconds.trim().parse().ok()).unwrap_or_default()
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
        assert_eq!(Timestamp::from_second(1_566_656_122).in_words(), "2019-08-24 14:15 UTC");
        assert_eq!(Timestamp::from_second(1_767_398_400).in_words(), "2026-01-03 00:00 UTC");
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

    fn read(stage: &str, kept: Option<&Path>) -> Result<Clock, ConfigError> {
        Clock::read(&Env::new(&|name| match name {
            "STAGE" => Some(stage.to_owned()),
            "LOCAL_STATE" => kept.map(|path| path.display().to_string()),
            _ => None,
        }))
    }

    #[test]
    fn a_local_clock_follows_its_file() {
        let state = std::env::temp_dir().join(format!("clock-of-{}", std::process::id()));
        fs::create_dir_all(&state).unwrap();
        let clock = read("local", Some(&state)).unwrap();
        let ahead = |clock: &Clock| clock.now().seconds_from(Clock::default().now());
        assert_eq!(ahead(&clock), 0);
        fs::write(state.join(CLOCK_FILE), "86400\n").unwrap();
        // Each is read in its own second.
        assert!([86_399, 86_400].contains(&ahead(&clock)) && [86_399, 86_400].contains(&ahead(&clock.clone())));
        assert_eq!(ahead(&read("local", None).unwrap()), 0);
        fs::remove_dir_all(&state).unwrap();
    }

    #[test]
    fn nobody_moves_the_clock_of_another_stage() {
        for stage in ["dev", "staging", "prod", "test"] {
            assert!(read(stage, Some(Path::new("/tmp"))).is_err(), "{stage}");
            assert!(read(stage, None).unwrap().follows.is_none(), "{stage}");
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
