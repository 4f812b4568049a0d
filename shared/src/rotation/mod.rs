//! How a secret of the service is replaced while it is in use: its successor is stored first and used later, when every instance
//! that is at work knows it. An operator's tool writes by these rules, the functions read by them.

mod cached;
mod opened;

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{
    seal::{SealedSecret, SecretPurpose},
    tables::Row,
    time::Timestamp,
};

pub use cached::Cached;
pub use opened::{Opened, in_use, open_all};

/// Between the moment when a new secret is stored and the one from which on it is used. Longer than any instance trusts what it
/// has read, and than any cache keeps published keys that were as old as they may be when it read them, by what clocks may differ.
pub const LEAD: Duration = Duration::from_mins(30);
/// Secrets and public keys are read again after this long: one that is withdrawn is soon worthless everywhere.
pub const READ_AGAIN_AFTER: Duration = Duration::from_mins(10);
/// Secrets that were read this long ago are not used any more: a successor may have taken their place.
pub const TRUSTED: Duration = Duration::from_mins(15);
/// How long others may keep the published keys (`max-age`).
pub const PUBLIC_MAX_AGE: Duration = Duration::from_mins(10);
/// What clocks may differ by.
pub const SKEW: Duration = Duration::from_mins(5);

const _: () =
    assert!(LEAD.as_secs() >= TRUSTED.as_secs() + SKEW.as_secs() && TRUSTED.as_secs() > READ_AGAIN_AFTER.as_secs());
const _: () = assert!(LEAD.as_secs() >= READ_AGAIN_AFTER.as_secs() + PUBLIC_MAX_AGE.as_secs() + SKEW.as_secs());

/// One secret of a purpose as it is stored.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SecretVersion {
    /// The secret.
    #[serde(flatten)]
    pub secret: SealedSecret,
    /// Counts the secrets of the purpose from 1.
    pub number: u32,
    /// In use from here on, and before it only known; none for always.
    pub from: Option<Timestamp>,
    /// Out of use from here on, whatever comes after it; none for never.
    pub until: Option<Timestamp>,
}

impl SecretVersion {
    /// Its row.
    #[must_use]
    pub const fn row(&self) -> Row<'static> {
        Row::Secret(self.secret.purpose, self.number)
    }

    /// Whether it is not in use yet.
    #[must_use]
    pub fn is_pending(&self, now: Timestamp) -> bool {
        self.from > Some(now)
    }

    /// Whether it is out of use for good.
    #[must_use]
    pub fn has_ended(&self, now: Timestamp) -> bool {
        self.until.is_some_and(|until| until <= now)
    }
}

/// The secrets of a purpose among `stored`, by age.
#[must_use]
pub fn of(purpose: SecretPurpose, stored: &[SecretVersion]) -> Vec<&SecretVersion> {
    let mut found: Vec<_> = stored.iter().filter(|version| version.secret.purpose == purpose).collect();
    found.sort_by_key(|version| version.number);
    found
}

/// Those of a purpose's secrets, by age, that are in use or will be: without those that have had their successor.
#[must_use]
pub fn not_replaced(mut by_age: Vec<&SecretVersion>, now: Timestamp) -> Vec<&SecretVersion> {
    let in_use = by_age.iter().rposition(|secret| !secret.is_pending(now)).unwrap_or_default();
    by_age.split_off(in_use)
}
