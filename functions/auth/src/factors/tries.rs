//! How many codes may be tried. Codes have a counter of their own: strangers reach that of the password, and its hundred tries a day are
//! too many for six digits. Each try is counted before anything is compared.

use std::time::Duration;

use shared::{
    error::Error,
    ids::AccountId,
    store::{Condition, Update, Written},
    tables::Row,
    time::Timestamp,
};

use super::{Factors, Mfa};
use crate::state::Auth;

/// Failures that cost nothing.
const FREE: u32 = 5;
/// Failures after which no code is compared until another app is enrolled.
const MOST: u32 = 100;
/// How long a code waits at least, once there were too many failures.
const FIRST_WAIT: Duration = Duration::from_mins(1);
/// And at most.
const LONGEST_WAIT: Duration = Duration::from_hours(24);

/// Whether a code may be compared.
pub enum CodeTry {
    /// It may: it is counted as a failure, and this is the row since.
    Counted(Mfa),
    /// It may not for so many seconds, at least one.
    Locked(i64),
    /// There is no app whose code it could be, or none any more.
    NoApp,
}

impl Mfa {
    /// Whether its owner is to be told of this failure.
    #[must_use]
    pub const fn is_notable(&self) -> bool {
        self.failures == FREE
    }

    /// Whether no code is compared any more until another app is enrolled.
    #[must_use]
    pub const fn is_off(&self) -> bool {
        self.failures >= MOST
    }

    /// Whether so many have failed that each further one waits.
    #[must_use]
    pub const fn is_locking(&self) -> bool {
        self.failures >= FREE
    }

    /// For how many seconds no code is compared, once too many have failed; none where one may be.
    #[must_use]
    pub fn seconds_locked(&self, now: Timestamp) -> Option<i64> {
        self.next_at.map(|next| next.seconds_from(now)).filter(|seconds| *seconds > 0)
    }
}

/// How long the next try waits after so many failures: each waits twice as long as the one before.
fn wait_after(failures: u32) -> Duration {
    let doubled = failures.saturating_sub(FREE).min(16);
    (FIRST_WAIT * (1 << doubled)).min(LONGEST_WAIT)
}

impl Auth {
    /// Those of an account's factors that may be shown: no code of an app that is off will ever be right.
    ///
    /// # Errors
    /// `Unavailable`, `Internal`.
    pub(crate) async fn usable_factors(&self, account: AccountId, factors: Factors) -> Result<Factors, Error> {
        if !factors.totp {
            return Ok(factors);
        }
        let mfa: Option<Mfa> = self.app.store.get(Row::Mfa(account)).await?;
        Ok(factors.with_app(mfa.is_some_and(|mfa| mfa.totp.is_some() && !mfa.is_off())))
    }

    /// Counts one try more at the codes of an account, if there may be one. Of those who try at once no more are admitted than may be.
    ///
    /// # Errors
    /// `Contended`, `Unavailable`, `Internal`: what cannot be counted is not compared.
    pub(super) async fn count_code(&self, account: AccountId, now: Timestamp) -> Result<CodeTry, Error> {
        let update = Update::new(Row::Mfa(account)).count("failures").set("next_at", &(now + FIRST_WAIT))?;
        let update = update.when(Condition::Present("totp")).when(Condition::below("failures", &FREE)?);
        let seen: Mfa = match self.app.store.update(update).await? {
            Written::Done(row) => return Ok(CodeTry::Counted(row)),
            Written::Conflict(Some(row)) => row.read()?,
            Written::Conflict(None) => return Ok(CodeTry::NoApp),
        };
        if seen.totp.is_none() || seen.is_off() {
            return Ok(CodeTry::NoApp);
        }
        if let Some(seconds) = seen.seconds_locked(now) {
            return Ok(CodeTry::Locked(seconds));
        }
        let failures = seen.failures + 1;
        let update = Update::new(Row::Mfa(account))
            .set("failures", &failures)?
            .set("next_at", &(now + wait_after(failures)))?
            .when(Condition::equals("failures", &seen.failures)?)
            .when(Condition::Present("totp"));
        Ok(match self.app.store.update::<Mfa>(update).await? {
            Written::Done(row) => CodeTry::Counted(row),
            // Somebody else has taken this turn.
            Written::Conflict(_) => CodeTry::Locked(1),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_try_waits_twice_as_long_as_the_one_before_up_to_a_day() {
        let minutes = |failures| wait_after(failures).as_secs() / 60;
        assert_eq!([5, 6, 7, 8, 15, 16, 50, 99].map(minutes), [1, 2, 4, 8, 1024, 1440, 1440, 1440]);
    }
}
