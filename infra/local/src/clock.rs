//! The one place in this crate that reads the clock.

use jiff::Timestamp;

/// The present moment.
#[expect(clippy::disallowed_methods, reason = "a stand-in for AWS runs by the real clock, as AWS does")]
pub(crate) fn now() -> Timestamp {
    Timestamp::now()
}
