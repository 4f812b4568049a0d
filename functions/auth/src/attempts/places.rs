//! Where somebody has signed in from: devices and networks.

use std::{collections::BTreeMap, net::IpAddr, time::Duration};

use aws_lc_rs::digest::{SHA256, digest};
use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine};
use serde::{Deserialize, Serialize};
use shared::time::Timestamp;

use super::{Tally, tally::Bound};

/// Devices that are known at a time, and networks.
const OF_EACH_KIND: usize = 5;
/// How long a device is known after it was last seen.
const DEVICE_LIFE: Duration = Duration::from_hours(180 * 24);
/// How long a network is.
const NETWORK_LIFE: Duration = Duration::from_hours(30 * 24);

/// Names a place in a row: by 16 bytes of a hash, in base64url behind a letter for its kind. Nobody gets in with it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PlaceId(String);

impl PlaceId {
    /// A device, by the random bits that it was given.
    #[must_use]
    pub fn device(token: &[u8]) -> Self {
        Self::named('d', token)
    }

    /// A network, by the address that stands for all of its clients.
    #[must_use]
    pub fn network(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(address) => Self::named('n', &address.octets()),
            IpAddr::V6(address) => Self::named('n', &address.octets()),
        }
    }

    fn named(kind: char, of: &[u8]) -> Self {
        let name = BASE64_URL_SAFE_NO_PAD.encode(&digest(&SHA256, of).as_ref()[..16]);
        Self(format!("{kind}{name}"))
    }

    fn is_device(&self) -> bool {
        self.0.starts_with('d')
    }

    fn life(&self) -> Duration {
        if self.is_device() { DEVICE_LIFE } else { NETWORK_LIFE }
    }

    /// As the key of an entry of the attribute `places`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What is known of a place. A list of numbers in its row: with names ten of them would be too long for one write unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Numbers", into = "Numbers")]
pub struct Place {
    tally: Tally,
    /// When somebody last signed in from there.
    seen: Timestamp,
    /// Whether it has shown itself again since it became known.
    is_back: bool,
    /// Until when it is known.
    until: Timestamp,
}

/// Failures, when the last one was, from when on the next may be tried (0 for neither), the day, its failures, seen, back, until.
type Numbers = (u32, i64, i64, i64, i32, i64, u8, i64);

impl From<Numbers> for Place {
    fn from((failures, failed_at, free_from, day, day_failures, seen, back, until): Numbers) -> Self {
        let moment = |second| (second != 0).then(|| Timestamp::from_second(second));
        let (failed_at, free_from) = (moment(failed_at), moment(free_from));
        Self {
            tally: Tally { failures, failed_at, free_from, day, day_failures },
            seen: Timestamp::from_second(seen),
            is_back: back != 0,
            until: Timestamp::from_second(until),
        }
    }
}

impl From<Place> for Numbers {
    fn from(place: Place) -> Self {
        let second = |moment: Option<Timestamp>| moment.map_or(0, Timestamp::as_second);
        let Tally { failures, failed_at, free_from, day, day_failures } = place.tally;
        let (failed_at, free_from, seen) = (second(failed_at), second(free_from), place.seen.as_second());
        (failures, failed_at, free_from, day, day_failures, seen, u8::from(place.is_back), place.until.as_second())
    }
}

/// The places that are known, at most five of each kind.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Places(BTreeMap<PlaceId, Place>);

impl Places {
    /// A place that is known.
    #[must_use]
    pub fn get(&self, id: &PlaceId, now: Timestamp) -> Option<&Place> {
        self.0.get(id).filter(|place| now < place.until)
    }

    /// What is kept of a place, be it known or not.
    #[must_use]
    pub fn named(&self, id: &PlaceId) -> Option<&Place> {
        self.0.get(id)
    }

    /// Counts a failure at a place, if it is known and not locked.
    pub(super) fn count(&mut self, id: &PlaceId, bound: &Bound, now: Timestamp) -> bool {
        let place = self.0.get_mut(id).filter(|place| now < place.until);
        let Some(place) = place.filter(|place| place.tally.seconds_locked(now).is_none()) else { return false };
        place.tally = place.tally.counted(bound, now);
        true
    }

    /// What changes when somebody has proven to be the owner and comes from these places, one of each kind: they are known from now on,
    /// and others give way (none). `counted_at`: where a failure was counted that was none.
    #[must_use]
    pub fn welcoming(
        &self,
        from: &[PlaceId],
        counted_at: Option<&PlaceId>,
        now: Timestamp,
    ) -> Vec<(PlaceId, Option<Place>)> {
        let known = from.iter().map(|id| {
            let before = self.get(id, now);
            let was_counted = counted_at == Some(id);
            let left = |place: &Place| if was_counted { place.tally.taken_back() } else { place.tally.forgiven() };
            let tally = before.map(left).unwrap_or_default();
            (id.clone(), Some(Place { tally, seen: now, is_back: before.is_some(), until: now + id.life() }))
        });
        let gone = self.giving_way_to(from, now).into_iter().map(|id| (id.clone(), None));
        known.chain(gone).collect()
    }

    /// Which places give way to new ones: those whose time is over; and where five of a kind would be left besides, one that never came
    /// back, or else the one that was not seen for the longest time.
    fn giving_way_to(&self, new: &[PlaceId], now: Timestamp) -> Vec<&PlaceId> {
        let others = self.0.iter().filter(|(id, _)| !new.contains(id));
        let (living, mut gone): (Vec<_>, Vec<_>) = others.partition(|(_, place)| now < place.until);
        for is_device in [true, false] {
            let coming = new.iter().filter(|id| id.is_device() == is_device).count();
            let mut alike: Vec<_> = living.iter().copied().filter(|(id, _)| id.is_device() == is_device).collect();
            alike.sort_by_key(|(_, place)| (place.is_back, place.seen));
            let surplus = (alike.len() + coming).saturating_sub(OF_EACH_KIND);
            gone.extend(alike.into_iter().take(surplus));
        }
        gone.into_iter().map(|(id, _)| id).collect()
    }

    #[cfg(test)]
    pub(super) fn apply(&mut self, changes: Vec<(PlaceId, Option<Place>)>) {
        for (id, place) in changes {
            match place {
                Some(place) => drop(self.0.insert(id, place)),
                None => drop(self.0.remove(&id)),
            }
        }
    }
}
