//! How many passwords may be tried at an address, by whom, and when again. Pure: an attempt that is admitted is counted as a failure before
//! anything is compared, and only what comes of the comparison takes that back.
//!
//! Tries from everywhere are counted together, so that nobody gains by coming from many places. Whoever has signed in from a place before
//! is counted apart while the others are locked, so that nobody who guesses is in the owner's way.

mod places;
mod tally;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};
use shared::time::Timestamp;

use self::tally::Bound;
pub use self::{
    places::{Place, PlaceId, Places},
    tally::Tally,
};

/// Tries from everywhere: the fifth one that fails locks for a second, and each further one for twice as long as the one before.
const EVERYWHERE: Bound = Bound { free: 4, first_lock: 1 };

/// Tries from one place from which somebody has signed in, while the others are locked: programs sign in in parallel.
const KNOWN_PLACE: Bound = Bound { free: 9, first_lock: tally::LONGEST_LOCK };

/// So many failures in a row are worth a word to those who watch.
const NOTABLE: u32 = 10;

/// The tries at one address: part of its guard. Its attributes are written by name, never all of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempts {
    /// Counts the tries that were admitted, and what changes their counters besides; a write states the number it has seen.
    #[serde(default)]
    pub attempt: u64,
    /// Counts the tries that were not admitted.
    #[serde(default)]
    pub ignored: u64,
    /// Tries from everywhere.
    #[serde(flatten)]
    pub everywhere: Tally,
    /// Where somebody has signed in from.
    #[serde(default)]
    pub places: Places,
}

/// Whether a password may be compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Admission {
    /// It may, once these counters have replaced those that were seen.
    Counted(Counted),
    /// It may not for so many seconds, at least one.
    Locked(i64),
}

/// A try that is counted as a failure until its password has turned out to be right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counted {
    /// The counters with this try.
    pub attempts: Attempts,
    /// The known place that it counts at; none where it counts with all others.
    pub place: Option<PlaceId>,
}

/// What a right password changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Success {
    /// Whether the tries from everywhere are forgiven, and the last of them was no failure.
    pub forgives_everywhere: bool,
    /// The places that are known from now on, and those that give way (none).
    pub places: Vec<(PlaceId, Option<Place>)>,
}

impl Success {
    /// Where somebody is the owner for another reason than a password.
    #[must_use]
    pub const fn without_a_try() -> Self {
        Self { forgives_everywhere: false, places: Vec::new() }
    }
}

impl Attempts {
    /// Whether a password may be compared that comes from these places: a device and a network, say.
    #[must_use]
    pub fn admit(&self, from: &[PlaceId], now: Timestamp) -> Admission {
        let mut attempts = Self { attempt: self.attempt + 1, ..self.clone() };
        let Some(seconds) = self.everywhere.seconds_locked(now) else {
            attempts.everywhere = self.everywhere.counted(&EVERYWHERE, now);
            return Admission::Counted(Counted { attempts, place: None });
        };
        let place = from.iter().find(|id| attempts.places.count(id, &KNOWN_PLACE, now)).cloned();
        match place {
            Some(_) => Admission::Counted(Counted { attempts, place }),
            None => Admission::Locked(seconds),
        }
    }
}

impl Counted {
    /// For how many seconds everybody else is locked out, where this try was admitted because of its place. It is answered as everybody's
    /// unless its password is right, so that who shares the owner's network learns nothing.
    #[must_use]
    pub fn seconds_others_are_locked(&self, now: Timestamp) -> Option<i64> {
        self.place.as_ref().and_then(|_| self.attempts.everywhere.seconds_locked(now))
    }

    /// Whether those who watch should hear of this failure.
    #[must_use]
    pub const fn is_notable(&self) -> bool {
        let Tally { failures, day_failures, .. } = self.attempts.everywhere;
        self.place.is_none() && (failures == NOTABLE || day_failures == tally::IN_A_DAY)
    }

    /// What changes when the password was right: the failures are forgiven that this try was counted with, and the places are known.
    #[must_use]
    pub fn succeeds(&self, from: &[PlaceId], now: Timestamp) -> Success {
        let places = self.attempts.places.welcoming(from, self.place.as_ref(), now);
        Success { forgives_everywhere: self.place.is_none(), places }
    }
}
