//! Being in each other's way: how writes that compete for a row wait for one another, and when one of them gives up.
//!
//! Everybody waits with full jitter: a random time between nothing and a cap that doubles. Waits that are alike would bring those who
//! have met once together again. Whoever writes in between is done and competes no more, so that waiting leads somewhere.

use std::time::{Duration, Instant};

use crate::{
    error::{Cause, Error},
    random,
};

/// The cap of the first wait: about as long as a transaction holds its rows.
const FIRST: Duration = Duration::from_millis(10);
/// The cap that grows no further: of forty who compete, one then tries about every two milliseconds, and none waits for long in vain
/// when the others are done.
const GREATEST: Duration = Duration::from_millis(160);
/// For how long a write waits for transactions at its rows, in some sixteen waits. Each of those is over in milliseconds. What the
/// calls take is not counted: they have time limits of their own.
const WRITE: Duration = Duration::from_secs(1);

/// A competition for something, from its beginning.
#[derive(Debug)]
pub struct Contention {
    what: &'static str,
    cap: Duration,
    end: End,
}

#[derive(Debug)]
enum End {
    /// When so much more has been waited.
    After(Duration),
    At(Instant),
}

impl Contention {
    /// For the rows of a write, named by the `call`, while transactions are under way there.
    pub(crate) fn at_rows(call: &'static str) -> Self {
        Self { what: call, cap: FIRST, end: End::After(WRITE) }
    }

    /// For a record that is read, changed and written back if nobody else has written meanwhile: rounds begin until `end`, and one in any
    /// case. `record` is for the log.
    #[must_use]
    pub const fn over(record: &'static str, end: Instant) -> Self {
        Self { what: record, cap: FIRST, end: End::At(end) }
    }

    /// Waits after a lost round.
    ///
    /// # Errors
    /// `Contended` when the time is up; `Internal` without randomness.
    pub async fn lost(&mut self) -> Result<(), Error> {
        let wait = jittered(self.cap)?;
        let goes_on = match &mut self.end {
            End::After(left) => left.checked_sub(wait).map(|rest| *left = rest).is_some(),
            End::At(end) => Instant::now() < *end,
        };
        if !goes_on {
            return Err(Error::Contended(Cause::new(format!("{}: others were quicker all the time", self.what))));
        }
        tokio::time::sleep(wait).await;
        self.cap = (2 * self.cap).min(GREATEST);
        Ok(())
    }
}

/// Anything between nothing and `cap`.
fn jittered(cap: Duration) -> Result<Duration, Error> {
    let share = f64::from(u32::from_be_bytes(random::bytes()?)) / f64::from(u32::MAX);
    Ok(cap.mul_f64(share))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_are_spread_over_all_of_the_cap() {
        let cap = Duration::from_millis(100);
        let waits: Vec<_> = (0..1000).map(|_| jittered(cap).unwrap()).collect();
        assert!(waits.iter().all(|wait| *wait <= cap));
        for tenth in 0..10 {
            let tenth = 10 * tenth..10 * (tenth + 1);
            let count = waits.iter().filter(|wait| tenth.contains(&wait.as_millis())).count();
            assert!((50..200).contains(&count), "{count} of 1000 in {tenth:?} ms");
        }
    }

    /// The caps of its waits, in milliseconds, and how it ends.
    async fn lose_all(mut contention: Contention) -> (Vec<u128>, Error) {
        let mut caps = Vec::new();
        loop {
            let cap = contention.cap.as_millis();
            match contention.lost().await {
                Ok(()) => caps.push(cap),
                Err(error) => return (caps, error),
            }
        }
    }

    #[tokio::test]
    async fn a_write_waits_one_second_under_a_cap_that_doubles() {
        let begun = Instant::now();
        let (caps, error) = lose_all(Contention::at_rows("PutItem")).await;
        assert!(caps.starts_with(&[10, 20, 40, 80, 160, 160]) && caps[5..].iter().all(|cap| *cap == 160), "{caps:?}");
        assert!(matches!(error, Error::Contended(cause) if cause.to_string().starts_with("PutItem: ")));
        assert!(begun.elapsed() > Duration::from_millis(1000 - 160), "{:?}", begun.elapsed());
    }

    #[tokio::test]
    async fn rounds_begin_until_the_end() {
        let end = Instant::now() + Duration::from_millis(300);
        let (caps, error) = lose_all(Contention::over("a record", end)).await;
        assert!(caps.len() > 4 && Instant::now() >= end, "{caps:?}");
        assert!(matches!(error, Error::Contended(_)), "{error:?}");
        let (caps, _) = lose_all(Contention::over("a record", end)).await;
        assert!(caps.is_empty(), "{caps:?}");
    }
}
