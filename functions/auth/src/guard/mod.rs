//! How many passwords may be tried at an address, by whom, and when again. Pure: a try that is admitted is counted as a failure before
//! anything is compared, and a right password takes back its own count alone. So who tries does not gain by the sign-ins of others, nor
//! does he see them, but for the moment in which one is compared.
//!
//! Tries from everywhere are counted together, so that nobody gains by coming from many places. Whoever has signed in from a place before
//! is counted apart while the others are locked, so that nobody who guesses is in the owner's way.

mod places;
pub mod row;
mod tally;
#[cfg(test)]
mod tests;

use std::time::Duration;

use serde::{Deserialize, Serialize};
use shared::time::Timestamp;

use self::tally::Bound;
pub use self::{
    places::{KnownPlace, PlaceId, Places},
    tally::Tally,
};
use crate::factors::Factors;

/// Tries from everywhere: the fifth one that fails locks for a second, and each further one for twice as long as the one before.
const EVERYWHERE: Bound = Bound { free: 4, first_lock: 1 };

/// Tries from one place from which somebody has signed in, while the others are locked: programs sign in in parallel.
const KNOWN_PLACE: Bound = Bound { free: 9, first_lock: tally::LONGEST_LOCK };

/// So many failures in a row are worth a word to the owner, and to those who watch.
const NOTABLE: u32 = 10;

/// What has been tried at one address: part of one row, whose attributes are written by name, never all of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Guard {
    /// Counts the tries that were admitted, and what changes their counters besides; a write states the number it has seen.
    #[serde(default)]
    pub attempt: u64,
    /// Counts the changes that end what was opened before them. Written by these alone.
    #[serde(default, skip_serializing)]
    pub generation: u64,
    /// Counts the sessions that were opened since all were ended. Written by what opens and ends them, and never by a try.
    #[serde(default, skip_serializing)]
    pub opened: u64,
    /// The second factors of the account; none where a password is enough. Written by what adds and removes them.
    #[serde(default, skip_serializing)]
    pub factors: Option<Factors>,
    /// Counts the tries that were not admitted.
    #[serde(default)]
    pub ignored: u64,
    /// Tries from everywhere.
    #[serde(flatten)]
    pub everywhere: Tally,
    /// Where somebody has signed in from.
    #[serde(default)]
    pub places: Places,
    /// Whether and how long the vault stays shut for sessions that are opened from now on.
    #[serde(flatten)]
    pub freeze: Freeze,
}

/// Somebody may have got at the account: for some time the vault shows no secret and signs nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Freeze {
    /// Since when; none where it never was so.
    pub frozen_at: Option<Timestamp>,
    /// Until when.
    pub frozen_until: Option<Timestamp>,
}

impl Freeze {
    /// Somebody may have got at the account just now, and the vault stays shut for `time`, or for longer where it does already. Without
    /// any time nothing changes.
    #[must_use]
    pub fn again(self, now: Timestamp, time: Duration) -> Self {
        if time.is_zero() {
            return self;
        }
        Self { frozen_at: Some(now), frozen_until: self.frozen_until.max(Some(now + time)) }
    }
}

/// How a client stands, whoever's password it tries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// As everybody does.
    Usual,
    /// It has tried a list of other people's passwords, or so it looks. For so many seconds, at least one, it may try none but at places
    /// that are known, and nothing that it tries is counted with everybody's: it locks nobody out.
    Burnt(i64),
}

/// Whether a password may be compared.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "one of a request, and never kept")]
pub enum Admission {
    /// It may, once these counters have replaced those that were seen.
    Counted(Counted),
    /// It may not for so many seconds, at least one.
    Locked(i64),
}

/// A try that counts as a failure until its password has turned out to be right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counted {
    /// What changes so that it is counted.
    pub change: Change,
    /// What takes it back.
    pub retraction: Retraction,
    /// For how many seconds who comes from elsewhere is locked out, where this try was admitted because of its place. It is answered as
    /// theirs unless its password is right, so that who shares the owner's network learns nothing.
    pub others_locked: Option<i64>,
}

/// A guard that takes the place of the one that was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The new guard.
    pub guard: Guard,
    /// The places that are different in it.
    pub places: Vec<PlaceId>,
}

/// Takes one counted try back, and nothing that others have counted meanwhile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Retraction {
    /// The known place that the try counts at; none where it counts with all others.
    place: Option<PlaceId>,
    /// What had been tried there before.
    before: Tally,
    /// And what with it.
    after: Tally,
}

impl Guard {
    /// Whether a password may be compared that comes from these places: a device and a network, say.
    #[must_use]
    pub fn admit(&self, from: &[PlaceId], client: Standing, now: Timestamp) -> Admission {
        let locked = match client {
            Standing::Usual => self.seconds_locked(now),
            Standing::Burnt(seconds) => Some(seconds),
        };
        let Some(seconds) = locked else {
            return Admission::Counted(self.counting(None, self.everywhere, None, now));
        };
        match from.iter().find_map(|id| Some(id).zip(self.places.free_at(id, &KNOWN_PLACE, now))) {
            Some((id, tally)) => Admission::Counted(self.counting(Some(id.clone()), tally, locked, now)),
            None => Admission::Locked(seconds),
        }
    }

    fn counting(&self, place: Option<PlaceId>, before: Tally, others_locked: Option<i64>, now: Timestamp) -> Counted {
        let (mut guard, after) = (self.next(), before.counted(now));
        guard.set_tally(place.as_ref(), after);
        let places = place.iter().cloned().collect();
        Counted { change: Change { guard, places }, retraction: Retraction { place, before, after }, others_locked }
    }

    /// Without a try whose password was right.
    #[must_use]
    pub fn taking_back(&self, Retraction { place, before, after }: &Retraction) -> Change {
        let mut guard = self.next();
        let Some(now) = self.tally(place.as_ref()) else { return Change { guard, places: Vec::new() } };
        guard.set_tally(place.as_ref(), now.without(before, after));
        Change { guard, places: place.iter().cloned().collect() }
    }

    /// Somebody has proven to be the owner and comes from these places: they are known from now on, and others give way.
    #[must_use]
    pub fn welcoming(&self, from: &[PlaceId], now: Timestamp) -> Change {
        let mut guard = self.next();
        let places = guard.places.welcome(from, now);
        Change { guard, places }
    }

    /// Whether nobody has ever signed in from any of these places, though somebody has from others. The first sign-in of an account
    /// surprises nobody, wherever the link was redeemed that has made it.
    #[must_use]
    pub fn is_surprised_by(&self, from: &[PlaceId], now: Timestamp) -> bool {
        self.places.have_devices() && !from.is_empty() && !from.iter().any(|id| self.places.know(id, now))
    }

    /// The second factors of which one has to be shown besides a password that comes from these places; none where there are none, or where
    /// the owner has shown one on that device of late and wanted to be asked no more, and nothing has begun a new generation since.
    #[must_use]
    pub fn owes_factor(&self, from: &[PlaceId], now: Timestamp) -> Option<Factors> {
        self.factors.filter(|_| !from.iter().any(|id| self.places.remember(id, self.generation, now)))
    }

    /// The owner has shown a second factor on a device that is among the known places, and wants to be asked for none there for a while.
    #[must_use]
    pub fn remembering(&self, device: &PlaceId, now: Timestamp) -> Change {
        let mut guard = self.next();
        let places = guard.places.keep_in_mind(device, guard.generation, now);
        Change { guard, places }
    }

    /// A device, by its name in the row, or every one, is asked for a second factor again; none where none is remembered.
    #[must_use]
    pub fn forgetting_devices(&self, device: Option<&str>, now: Timestamp) -> Option<Change> {
        let mut guard = self.next();
        let places = guard.places.put_out_of_mind(device, guard.generation, now);
        (!places.is_empty()).then_some(Change { guard, places })
    }

    /// Somebody has redeemed a link that sets a password, and comes from these places: they are known from now on, and what others have
    /// tried there is forgiven. For an owner under attack this is the way in.
    #[must_use]
    pub fn welcoming_by_link(&self, from: &[PlaceId], now: Timestamp) -> Change {
        let mut guard = self.clone();
        guard.places.forget(from);
        guard.welcoming(from, now)
    }

    /// The guard of an account that comes into being at an address, by somebody who comes from these places. What strangers have tried there
    /// stays counted, so that they have no fresh tries, and do not see the account begin.
    #[must_use]
    pub fn inherited(&self, from: &[PlaceId], now: Timestamp) -> Self {
        self.welcoming(from, now).guard
    }

    /// What of all this still counts: failures in a row, and those of this day, from everywhere and from known places.
    #[must_use]
    pub fn counts(&self, now: Timestamp) -> (Tally, u32) {
        (self.everywhere.current(now), self.places.failures(now))
    }

    /// With nothing tried, here or at known places: an operator's word. What was not admitted stays counted.
    #[must_use]
    pub fn forgiven(&self) -> Change {
        let mut guard = Self { everywhere: Tally::default(), ..self.next() };
        let places = guard.places.forgive();
        Change { guard, places }
    }

    /// For how many seconds nobody may try who comes from elsewhere than a known place; `None` when anybody may.
    #[must_use]
    pub fn seconds_locked(&self, now: Timestamp) -> Option<i64> {
        self.everywhere.seconds_locked(&EVERYWHERE, now)
    }

    fn next(&self) -> Self {
        Self { attempt: self.attempt + 1, ..self.clone() }
    }

    fn tally(&self, place: Option<&PlaceId>) -> Option<Tally> {
        place.map_or(Some(self.everywhere), |id| self.places.tally(id))
    }

    fn set_tally(&mut self, place: Option<&PlaceId>, tally: Tally) {
        match place {
            None => self.everywhere = tally,
            Some(id) => self.places.set_tally(id, tally),
        }
    }
}

impl Change {
    /// And then `next`, a rule that is given what this one makes of the guard. It is one change to whoever writes it.
    #[must_use]
    pub fn then(mut self, next: impl FnOnce(&Guard) -> Self) -> Self {
        let Self { guard, places } = next(&self.guard);
        self.places.extend(places);
        Self { guard: Guard { attempt: self.guard.attempt, ..guard }, places: self.places }
    }
}

impl Counted {
    /// Whether the owner, and those who watch, should hear of this failure.
    #[must_use]
    pub const fn is_notable(&self) -> bool {
        let Tally { failures, day_failures, .. } = self.retraction.after;
        failures == NOTABLE || day_failures == tally::IN_A_DAY
    }
}
