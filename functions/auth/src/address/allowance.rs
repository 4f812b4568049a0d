//! How many letters others may cause to an address.

use std::time::Duration;

use compat::email::EmailAddress;
use serde::{Deserialize, Serialize};
use shared::time::Timestamp;

/// Letters of one kind in any [`SPAN`].
const LETTERS: usize = 5;
/// The time in which letters are counted.
const SPAN: Duration = Duration::from_hours(1);
/// Between two letters that somebody asked for again.
const RESEND_COOLDOWN: Duration = Duration::from_mins(1);

/// The requests of late that cause a letter of one kind, or would, if the address were to get any.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Allowance {
    taken: Vec<Timestamp>,
    resend_from: Option<Timestamp>,
}

/// Letters to the spelling that rows are keyed by, and letters to all other spellings together: who varies the spelling does not use up
/// what the owner of the usual one may ask for.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Allowances {
    folded: Allowance,
    others: Allowance,
}

/// Until somebody may ask for a letter again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wait {
    /// Seconds, 0 for none.
    pub seconds: i64,
}

impl Allowances {
    /// The one that letters to this spelling are counted in.
    pub fn of(&mut self, spelling: &EmailAddress) -> &mut Allowance {
        if spelling.is_folded() { &mut self.folded } else { &mut self.others }
    }

    /// How many letters count, to whichever spelling.
    pub fn count(&self, now: Timestamp) -> usize {
        [&self.folded, &self.others].into_iter().flat_map(|one| &one.taken).filter(|at| now < **at + SPAN).count()
    }

    /// Until somebody may ask again whom an earlier request is in the way of.
    pub fn wait(&self, now: Timestamp) -> Wait {
        Wait { seconds: self.folded.wait(now).seconds.max(self.others.wait(now).seconds) }
    }

    /// From this moment on nothing counts of what was taken so far.
    pub fn counts_until(&self) -> Option<Timestamp> {
        [&self.folded, &self.others].into_iter().filter_map(|one| one.taken.last()).max().map(|last| *last + SPAN)
    }
}

impl Allowance {
    /// Counts a letter, if there is room for one.
    pub fn take(&mut self, now: Timestamp) -> bool {
        self.taken.retain(|at| now < *at + SPAN);
        let has_room = self.taken.len() < LETTERS;
        if has_room {
            self.taken.push(now);
        }
        has_room
    }

    /// Counts a letter that somebody asks for again, if there is room and the last one is a while ago; tells when the next may be asked
    /// for.
    ///
    /// # Errors
    /// When this one may. Nothing was counted.
    pub fn take_again(&mut self, now: Timestamp) -> Result<Wait, Wait> {
        let wait = self.wait(now);
        if wait.seconds > 0 || !self.take(now) {
            return Err(Wait { seconds: wait.seconds.max(1) });
        }
        self.resend_from = Some(now + RESEND_COOLDOWN);
        Ok(self.wait(now))
    }

    fn wait(&self, now: Timestamp) -> Wait {
        let cooldown = self.resend_from.map_or(0, |from| from.seconds_from(now));
        let first_of_full_span = self.taken.iter().rev().nth(LETTERS - 1);
        Wait { seconds: cooldown.max(first_of_full_span.map_or(0, |at| (*at + SPAN).seconds_from(now))) }
    }
}
