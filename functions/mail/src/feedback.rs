//! What SES reports of mails that it had taken, as `EventBridge` delivers it: bounces, complaints and rejections.

use serde::{Deserialize, Serialize};
use shared::{ids::MailId, outbox::MailStatus};

/// The tag of a mail that names its letter, and comes back in every report of it.
pub const LETTER_TAG: &str = "letter";

/// One report, as far as it matters here. The event also holds the recipient's address, which goes no further.
#[derive(Deserialize)]
#[serde(tag = "detail-type", content = "detail")]
pub enum Feedback {
    /// The recipient's server did not take it, or SES did not try because the address is on a suppression list.
    #[serde(rename = "Email Bounced")]
    Bounced {
        /// The mail that came back.
        mail: Reported,
        /// How it came back.
        bounce: Bounce,
    },
    /// The recipient calls it spam.
    #[serde(rename = "Email Complaint Received")]
    Complained {
        /// The mail that they got.
        mail: Reported,
    },
    /// SES found a virus in it and did not send it.
    #[serde(rename = "Email Rejected")]
    Rejected {
        /// The mail that was to be sent.
        mail: Reported,
    },
}

/// A mail that something is reported of.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Reported {
    /// The id that SES gave it.
    pub message_id: String,
    tags: Tags,
}

/// SES gives each tag a list of values.
#[derive(Deserialize)]
struct Tags {
    letter: [MailId; 1],
}

/// How a mail bounced.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Bounce {
    bounce_type: BounceType,
}

/// Whether another mail to the same address could arrive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all(serialize = "kebab-case"))]
pub enum BounceType {
    /// The address does not work; SES suppresses it from here on.
    Permanent,
    /// A full mailbox, say.
    Transient,
    /// The recipient's server did not say.
    #[serde(other)]
    Undetermined,
}

/// The end that a mail met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It bounced.
    Bounced(BounceType),
    /// The recipient complained.
    Complained,
    /// SES did not send it.
    Rejected,
}

impl Feedback {
    /// The mail, and the end that it met.
    #[must_use]
    pub const fn outcome(&self) -> (&Reported, Outcome) {
        match self {
            Self::Bounced { mail, bounce } => (mail, Outcome::Bounced(bounce.bounce_type)),
            Self::Complained { mail } => (mail, Outcome::Complained),
            Self::Rejected { mail } => (mail, Outcome::Rejected),
        }
    }
}

impl Reported {
    /// The letter that it carries.
    #[must_use]
    pub const fn letter(&self) -> MailId {
        self.tags.letter[0]
    }
}

impl Outcome {
    /// Its name in the log.
    #[must_use]
    pub const fn kind(self) -> &'static str {
        match self {
            Self::Bounced(BounceType::Permanent) => "permanent",
            Self::Bounced(BounceType::Transient | BounceType::Undetermined) => "transient",
            Self::Complained => "complaint",
            Self::Rejected => "reject",
        }
    }

    /// Where a letter stands that met this end.
    #[must_use]
    pub const fn status(self) -> MailStatus {
        match self {
            Self::Bounced(_) => MailStatus::Bounced,
            Self::Complained => MailStatus::Complained,
            Self::Rejected => MailStatus::Rejected,
        }
    }

    /// How it bounced, if it did.
    #[must_use]
    pub const fn bounce(self) -> Option<BounceType> {
        match self {
            Self::Bounced(kind) => Some(kind),
            Self::Complained | Self::Rejected => None,
        }
    }

    /// Of two reports of one letter the one with the greater number says more: a complaint comes of a mail that arrived, whatever
    /// bounced before.
    #[must_use]
    pub const fn gravity(self) -> u8 {
        match self {
            Self::Bounced(BounceType::Undetermined) => 1,
            Self::Bounced(BounceType::Transient) => 2,
            Self::Bounced(BounceType::Permanent) => 3,
            Self::Rejected => 4,
            Self::Complained => 5,
        }
    }
}
