//! The times of events.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Milliseconds since 1970 (UTC): events of one second follow each other. Displayed as RFC 3339.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Millis(i64);

impl Millis {
    /// From milliseconds since 1970. `None` beyond the years that a calendar has.
    #[must_use]
    pub fn from_ms(ms: i64) -> Option<Self> {
        jiff::Timestamp::from_millisecond(ms).ok().map(|_| Self(ms))
    }

    /// From seconds since 1970.
    #[must_use]
    pub fn from_second(second: i64) -> Option<Self> {
        second.checked_mul(1000).and_then(Self::from_ms)
    }

    /// From RFC 3339. What is finer than a millisecond is cut off.
    #[must_use]
    pub fn from_rfc3339(text: &str) -> Option<Self> {
        text.parse::<jiff::Timestamp>().ok().map(|moment| Self(moment.as_millisecond()))
    }

    /// From `yyyy-MM-dd HH:mm:ss.fff`, which its sender means as UTC.
    #[must_use]
    pub fn from_utc(text: &str) -> Option<Self> {
        let moment = jiff::civil::DateTime::strptime("%Y-%m-%d %H:%M:%S%.f", text).ok()?;
        let moment = moment.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
        Some(Self(moment.timestamp().as_millisecond()))
    }

    /// Milliseconds since 1970.
    #[must_use]
    pub const fn as_ms(self) -> i64 {
        self.0
    }
}

impl fmt::Display for Millis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.3}", jiff::Timestamp::from_millisecond(self.0).unwrap_or(jiff::Timestamp::MAX))
    }
}
