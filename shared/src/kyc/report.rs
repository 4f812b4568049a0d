//! A report as it is kept: what it says, its row, and when it counts as having happened.

use serde::{Deserialize, Serialize};

use super::{KycStatus, MANUAL, Saying};
use crate::{tables::Row, time::Timestamp};

/// How far the clock of a provider may be ahead of ours. Seconds.
pub(super) const AHEAD: i64 = 300;

/// What a provider has reported, without everything personal: a row of the table Kyc, written once. `None` stands for "it does
/// not say".
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KycReport {
    /// Who says so.
    pub provider: String,
    /// What tells it from other reports of the provider.
    pub event: String,
    /// The provider's word for the type of event.
    pub kind: String,
    /// The provider's id of the session, run, inquiry or applicant.
    pub session: Option<String>,
    /// What was checked. An approval holds for this and no more.
    pub level: Option<String>,
    /// What it says of the check; `None` when it changes nothing.
    pub status: Option<KycStatus>,
    /// Why it changes nothing.
    pub obstacle: Option<String>,
    /// Whether it ends an approval, whichever session that came from.
    pub ends_approval: bool,
    /// Why the check did not succeed, coarsely.
    pub reason: Option<String>,
    /// When it happened, as the provider says, be it true or not. Milliseconds since 1970.
    pub occurred_ms: Option<i64>,
    /// When it came in.
    pub received_at: Timestamp,
    /// SHA-256 of the body as hex.
    pub body_sha256: String,
}

impl KycReport {
    /// The row that it is kept in, named after its event: however often that comes, there is one.
    #[must_use]
    pub fn row<'a>(&'a self, user: Option<&'a str>) -> Row<'a> {
        let (provider, event) = (self.provider.as_str(), self.event.as_str());
        match user {
            Some(user) => Row::KycReport { user, provider, event },
            None => Row::StrayKycReport { provider, event },
        }
    }

    /// The row that it is kept in where another report has come under the id of its event.
    #[must_use]
    pub fn other_row<'a>(&'a self, user: Option<&'a str>, saying: &'a Saying) -> Row<'a> {
        let (provider, event) = (self.provider.as_str(), self.event.as_str());
        match user {
            Some(user) => Row::OtherKycReport { user, provider, event, saying },
            None => Row::OtherStrayKycReport { provider, event, saying },
        }
    }

    /// When it counts as having happened. Milliseconds since 1970; `None` when nothing tells.
    ///
    /// No clock is further ahead than [`AHEAD`]. What claims more is not lost, it counts at that bound; but an approval must not
    /// outlive findings by its claim, so it counts as one without a time.
    #[must_use]
    pub fn counted_ms(&self) -> Option<i64> {
        let bound = self.bound_ms();
        match self.occurred_ms {
            Some(claimed) if claimed > bound && self.provider != MANUAL => {
                Some(bound).filter(|_| self.status != Some(KycStatus::Approved))
            }
            claimed => claimed,
        }
    }

    /// Until when it has happened, on whichever clock. Milliseconds since 1970.
    pub(super) const fn bound_ms(&self) -> i64 {
        self.received_at.as_second().saturating_add(AHEAD).saturating_mul(1000)
    }

    /// When it counts as having happened; else when it came in.
    #[must_use]
    pub fn moment(&self) -> Timestamp {
        self.counted_ms().map_or(self.received_at, |ms| Timestamp::from_second(ms.div_euclid(1000)))
    }

    /// Whether both are of one session of one provider. Saying none counts as one.
    #[must_use]
    pub fn is_of_session_of(&self, other: &Self) -> bool {
        (&self.provider, &self.session) == (&other.provider, &other.session)
    }
}
