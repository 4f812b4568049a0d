//! What is kept of a report, and what it can mean.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{KycStatus, Millis};

/// A report without everything personal: no names, no documents, no addresses, no free text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderEvent {
    /// What tells it from other events of its provider. A repetition has the id of what it repeats.
    pub id: String,
    /// The provider's word for the type of event; empty when it says none.
    pub kind: String,
    /// Our id of the user, as we gave it to the provider. `None`: nobody of ours.
    pub user: Option<String>,
    /// The provider's id of the session, run, inquiry or applicant.
    pub session: Option<String>,
    /// What was checked: level, workflow or template. An approval holds for this and no more.
    pub level: Option<String>,
    /// When it happened, by the provider's clock. `None` where the provider does not say.
    pub occurred_at: Option<Millis>,
    /// The provider's word for the status.
    pub word: Option<String>,
    /// The provider's code behind that word.
    pub detail: Option<String>,
    /// Why, in words of ours.
    pub cause: Option<Cause>,
    /// Whether it says itself that it comes from a test.
    pub is_test: bool,
}

/// What an event means. Everything but the first two changes nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// The check stands here.
    Says(KycStatus),
    /// The approval itself has run out, whichever session it came from.
    ApprovalExpired,
    /// A type that is known and says nothing of the status.
    Ignored,
    /// A type that nobody has told us of.
    UnknownType,
    /// A type that counts, with a status that nobody has told us of.
    UnknownStatus,
    /// The event only names an object: the provider must be asked how its check stands.
    NeedsFetch,
}

impl Meaning {
    /// The status that it says, whether or not it will be applied.
    #[must_use]
    pub const fn status(self) -> Option<KycStatus> {
        match self {
            Self::Says(status) => Some(status),
            Self::ApprovalExpired => Some(KycStatus::Expired),
            _ => None,
        }
    }

    /// Why it changes nothing; `None` when it may. The words of the receiver contract.
    #[must_use]
    pub const fn obstacle(self) -> Option<&'static str> {
        match self {
            Self::Says(_) | Self::ApprovalExpired => None,
            Self::Ignored | Self::UnknownType => Some("ignored_event_type"),
            Self::UnknownStatus => Some("unknown_status"),
            Self::NeedsFetch => Some("needs_fetch"),
        }
    }

    /// Whether somebody should look: the provider says what our tables do not know.
    #[must_use]
    pub const fn is_unknown(self) -> bool {
        matches!(self, Self::UnknownType | Self::UnknownStatus)
    }
}

/// Why a check did not succeed: coarse, so that it says little of the person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// The document.
    Document,
    /// The picture of the face.
    Selfie,
    /// The age, by rules of ours.
    Age,
    /// Lists of sanctions and of exposed persons.
    SanctionsReview,
    /// Suspected fraud.
    Fraud,
    /// Too young for the provider; no retry helps.
    UnderSupportedAge,
    /// A country that the provider does not serve; no retry helps.
    CountryNotSupported,
    /// The user does not agree to the check.
    ConsentDeclined,
    /// Anything else.
    Other,
}

impl Cause {
    /// Its name on the wire and in the tables.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Document => "document",
            Self::Selfie => "selfie",
            Self::Age => "age",
            Self::SanctionsReview => "sanctions_review",
            Self::Fraud => "fraud",
            Self::UnderSupportedAge => "under_supported_age",
            Self::CountryNotSupported => "country_not_supported",
            Self::ConsentDeclined => "consent_declined",
            Self::Other => "other",
        }
    }
}
