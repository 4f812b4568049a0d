//! Where a check can stand, in words of ours, and which of two reports of one moment counts.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Where a check stands. Only `approved` opens anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "IdentityStatus")]
pub enum KycStatus {
    /// Nothing has been handed in.
    NotStarted,
    /// The user is busy, or automatic checks run.
    Pending,
    /// A person must decide.
    InReview,
    /// The identity is proven.
    Approved,
    /// It is not, for good.
    Rejected,
    /// The user must act again.
    ResubmissionRequested,
    /// A session or an approval has run out.
    Expired,
    /// Withdrawn.
    Cancelled,
}

impl KycStatus {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::NotStarted,
        Self::Pending,
        Self::InReview,
        Self::Approved,
        Self::Rejected,
        Self::ResubmissionRequested,
        Self::Expired,
        Self::Cancelled,
    ];

    /// Its name on the wire and in the tables.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotStarted => "not_started",
            Self::Pending => "pending",
            Self::InReview => "in_review",
            Self::Approved => "approved",
            Self::Rejected => "rejected",
            Self::ResubmissionRequested => "resubmission_requested",
            Self::Expired => "expired",
            Self::Cancelled => "cancelled",
        }
    }

    /// The status of exactly this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == name)
    }

    /// Which of two events of the same moment wins: the one that is further along.
    #[must_use]
    pub const fn rank(self) -> u8 {
        match self {
            Self::NotStarted => 0,
            Self::Pending => 1,
            Self::InReview | Self::ResubmissionRequested => 2,
            Self::Expired | Self::Cancelled => 3,
            Self::Approved | Self::Rejected => 4,
        }
    }

    /// What decides where the time does not: the rank, and between two of the same rank what opens less.
    pub(super) const fn weight(self) -> (u8, u8) {
        let caution = match self {
            Self::Approved | Self::InReview | Self::Expired => 0,
            _ => 1,
        };
        (self.rank(), caution)
    }
}
