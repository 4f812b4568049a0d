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
/// How long a device is asked for no second factor, after one was shown there.
const REMEMBERED: Duration = Duration::from_hours(30 * 24);
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

/// What is known of a place, as the row has it: ten with long names would not fit into one write unit, and what is zero is left out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Place {
    /// Failures in a row.
    #[serde(rename = "f", skip_serializing_if = "is_zero")]
    failures: u32,
    /// When the last one was.
    #[serde(rename = "a", skip_serializing_if = "Option::is_none")]
    failed_at: Option<Timestamp>,
    /// The day of the last one.
    #[serde(rename = "d", skip_serializing_if = "is_zero")]
    day: i64,
    /// Failures on that day.
    #[serde(rename = "n", skip_serializing_if = "is_zero")]
    day_failures: u32,
    /// When the owner last signed in from there. Seconds since 1970.
    #[serde(rename = "s")]
    seen: i64,
    /// Whether that was not the first time.
    #[serde(rename = "b", skip_serializing_if = "is_zero")]
    is_back: bool,
    /// Until when the place is known. Seconds since 1970.
    #[serde(rename = "u")]
    until: i64,
    /// Where a second factor was shown, and is not asked for again.
    #[serde(rename = "r", skip_serializing_if = "Option::is_none")]
    remembered: Option<Remembered>,
}

/// For how long a device is asked for no second factor: until that moment, in seconds since 1970, and in that generation of the account's
/// sessions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Remembered {
    #[serde(rename = "u")]
    until: i64,
    #[serde(rename = "g")]
    generation: u64,
}

impl Place {
    const fn is_known(&self, now: Timestamp) -> bool {
        now.as_second() < self.until
    }

    fn is_remembered(&self, generation: u64, now: Timestamp) -> bool {
        let remembered = self.remembered.filter(|it| it.generation == generation && now.as_second() < it.until);
        self.is_known(now) && remembered.is_some()
    }

    const fn tally(&self) -> Tally {
        let Self { failures, failed_at, day, day_failures, .. } = *self;
        Tally { failures, failed_at, day, day_failures }
    }

    const fn with(self, tally: Tally) -> Self {
        let Tally { failures, failed_at, day, day_failures } = tally;
        Self { failures, failed_at, day, day_failures, ..self }
    }
}

/// What is known of a place besides what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KnownPlace {
    /// Whether it is a device, and no network.
    pub is_device: bool,
    /// When the owner last signed in from there.
    pub seen_at: Timestamp,
    /// Until when it is known.
    pub until: Timestamp,
}

/// The places that are known, at most five of each kind.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Places(BTreeMap<PlaceId, Place>);

impl Places {
    /// Whether somebody has signed in from a place, not too long ago.
    #[must_use]
    pub fn know(&self, id: &PlaceId, now: Timestamp) -> bool {
        self.0.get(id).is_some_and(|place| place.is_known(now))
    }

    /// Whether a device is asked for no second factor, in this generation of the account's sessions.
    #[must_use]
    pub fn remember(&self, id: &PlaceId, generation: u64, now: Timestamp) -> bool {
        id.is_device() && self.0.get(id).is_some_and(|place| place.is_remembered(generation, now))
    }

    /// The devices that are asked for no second factor, and until when.
    pub fn remembered(&self, generation: u64, now: Timestamp) -> impl Iterator<Item = (&PlaceId, Timestamp)> {
        let remembered = self.0.iter().filter(move |(_, place)| place.is_remembered(generation, now));
        remembered.filter_map(|(id, place)| Some((id, Timestamp::from_second(place.remembered?.until))))
    }

    /// A device that is known is asked for no second factor from now on. Which places are different then.
    pub(super) fn keep_in_mind(&mut self, device: &PlaceId, generation: u64, now: Timestamp) -> Vec<PlaceId> {
        let Some(place) = self.0.get_mut(device).filter(|_| device.is_device()) else { return Vec::new() };
        place.remembered = Some(Remembered { until: (now + REMEMBERED).as_second(), generation });
        vec![device.clone()]
    }

    /// Devices are asked for a second factor again: one of them, or all. Which places are different then.
    pub(super) fn put_out_of_mind(&mut self, device: Option<&str>, generation: u64, now: Timestamp) -> Vec<PlaceId> {
        let named = self.0.iter_mut().filter(|(id, _)| device.is_none_or(|device| device == id.as_str()));
        let remembered = named.filter(|(_, place)| place.is_remembered(generation, now));
        remembered
            .map(|(id, place)| {
                place.remembered = None;
                id.clone()
            })
            .collect()
    }

    /// How many of them are known, devices and networks.
    #[must_use]
    pub fn known(&self, now: Timestamp) -> usize {
        self.0.values().filter(|place| place.is_known(now)).count()
    }

    /// Whether somebody has signed in from any device, be it known or not any more.
    pub(super) fn have_devices(&self) -> bool {
        self.0.keys().any(PlaceId::is_device)
    }

    /// When somebody has signed in from where, for the owner.
    pub fn dates(&self) -> impl Iterator<Item = KnownPlace> {
        self.0.iter().map(|(id, place)| KnownPlace {
            is_device: id.is_device(),
            seen_at: Timestamp::from_second(place.seen),
            until: Timestamp::from_second(place.until),
        })
    }

    /// What is kept of a place, be it known or not.
    #[must_use]
    pub fn get(&self, id: &PlaceId) -> Option<&Place> {
        self.0.get(id)
    }

    /// What was tried at a place that is known, if the next may be.
    pub(super) fn free_at(&self, id: &PlaceId, bound: &Bound, now: Timestamp) -> Option<Tally> {
        let place = self.0.get(id).filter(|place| place.is_known(now))?;
        Some(place.tally()).filter(|tally| tally.seconds_locked(bound, now).is_none())
    }

    pub(super) fn tally(&self, id: &PlaceId) -> Option<Tally> {
        self.0.get(id).map(Place::tally)
    }

    pub(super) fn set_tally(&mut self, id: &PlaceId, tally: Tally) {
        if let Some(place) = self.0.get_mut(id) {
            *place = place.with(tally);
        }
    }

    /// How many failures there were at known places on this day.
    pub(super) fn failures(&self, now: Timestamp) -> u32 {
        self.0.values().filter(|place| place.is_known(now)).map(|place| place.tally().current(now).day_failures).sum()
    }

    /// These places are as if nobody had ever been there.
    pub(super) fn forget(&mut self, places: &[PlaceId]) {
        self.0.retain(|id, _| !places.contains(id));
    }

    /// Forgives what was tried at any place. All of them are different then.
    pub(super) fn forgive(&mut self) -> Vec<PlaceId> {
        self.0.values_mut().for_each(|place| *place = place.with(Tally::default()));
        self.0.keys().cloned().collect()
    }

    /// Makes these places known, one of each kind; others give way. Which ones are different then.
    pub(super) fn welcome(&mut self, from: &[PlaceId], now: Timestamp) -> Vec<PlaceId> {
        let gone = self.giving_way_to(from, now);
        self.0.retain(|id, _| !gone.contains(id));
        for id in from {
            let before = self.0.get(id).filter(|place| place.is_known(now)).copied();
            let until = (now + id.life()).as_second();
            let place = Place { seen: now.as_second(), is_back: before.is_some(), until, ..before.unwrap_or_default() };
            self.0.insert(id.clone(), place);
        }
        from.iter().cloned().chain(gone).collect()
    }

    /// Which places give way to new ones: those whose time is over; and where five of a kind would be left besides, one that never came
    /// back, or else the one that was not seen for the longest time.
    fn giving_way_to(&self, new: &[PlaceId], now: Timestamp) -> Vec<PlaceId> {
        let others = self.0.iter().filter(|(id, _)| !new.contains(id));
        let (living, mut gone): (Vec<_>, Vec<_>) = others.partition(|(_, place)| place.is_known(now));
        for is_device in [true, false] {
            let coming = new.iter().filter(|id| id.is_device() == is_device).count();
            let mut alike: Vec<_> = living.iter().copied().filter(|(id, _)| id.is_device() == is_device).collect();
            alike.sort_by_key(|(_, place)| (place.is_back, place.seen));
            let surplus = (alike.len() + coming).saturating_sub(OF_EACH_KIND);
            gone.extend(alike.into_iter().take(surplus));
        }
        gone.into_iter().map(|(id, _)| id.clone()).collect()
    }
}

fn is_zero<T: Default + PartialEq>(number: &T) -> bool {
    *number == T::default()
}
