//! The outbox: letters to write. They are put in the transaction of the change that causes them and hold no secret.

use std::time::Duration;

use compat::email::EmailAddress;
use serde::{Deserialize, Serialize};

use crate::{
    caller::{network::Network, scope::Scope},
    error::Error,
    events::Circumstances,
    ids::{FactorId, LinkId, MailId},
    language::Language,
    store::{Put, Write},
    tables::Row,
    time::Timestamp,
};

/// How long the row of a letter stays, whether it was sent or not.
pub const RETENTION: Duration = Duration::from_hours(30 * 24);

/// What a letter says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Letter {
    /// Prove that this address is yours.
    Verify {
        /// The recipient.
        to: EmailAddress,
        /// The link to redeem.
        link: LinkId,
        /// Until when it can be redeemed.
        expires_at: Timestamp,
    },
    /// Somebody signed up with your address; you have an account.
    AlreadyRegistered {
        /// The recipient.
        to: EmailAddress,
    },
    /// Choose a password.
    SetPassword {
        /// The recipient.
        to: EmailAddress,
        /// The link to redeem.
        link: LinkId,
        /// Until when it can be redeemed.
        expires_at: Timestamp,
        /// Why the password of the sign-up does not count, where that is what the letter is about; none where the link was asked for.
        because: Option<NoPassword>,
    },
    /// Your password is easy to guess. Choose another one.
    WeakPassword {
        /// The recipient.
        to: EmailAddress,
    },
    /// Many wrong passwords were tried at your account.
    Locked {
        /// The recipient.
        to: EmailAddress,
    },
    /// Prove that this address is yours, and your account has it from now on.
    ChangeEmail {
        /// The recipient.
        to: EmailAddress,
        /// The link to redeem.
        link: LinkId,
        /// Until when it can be redeemed.
        expires_at: Timestamp,
    },
    /// Something has happened to your account.
    Notice {
        /// The recipient.
        to: EmailAddress,
        /// What has.
        news: News,
        /// Who did it, when and from where.
        circumstances: Circumstances,
        /// The link for somebody who has not done it; none where there is nothing left to save.
        not_me: Option<LinkId>,
    },
    /// Nothing is sent. Written where an address is to get no mail, so that every address costs the same.
    Nothing,
}

/// Why the password of a sign-up does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NoPassword {
    /// It is easy to guess, or was stolen from another service.
    Weak,
    /// There were sign-ups with different ones.
    Contested,
    /// It was chosen with another spelling of the address than the one that has been proven.
    OtherSpelling,
}

/// What has happened to an account. Who can read it knows what an owner is to know, and no secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "kebab-case")]
pub enum News {
    /// Somebody has signed in from a place that was not known.
    NewDevice,
    /// The password is another one, by the former or by a mailed link.
    PasswordChanged,
    /// Somebody who knows the password wants the account to have another address. The account has the recipient's until then.
    EmailChangeRequested {
        /// The other address.
        new: EmailAddress,
    },
    /// The account has another address.
    EmailChanged {
        /// The address that the account has now.
        new: EmailAddress,
        /// Whether the recipient is the former address, and may have it back.
        is_former: bool,
    },
    /// The account is to be deleted.
    Deletion {
        /// When.
        due_at: Timestamp,
        /// The link that keeps it.
        keep: LinkId,
    },
    /// The account has been deleted.
    Deleted,
    /// Everything that is known of the account was asked for.
    Exported,
    /// An exchange key was added.
    KeyAdded {
        /// Its exchange, as the API calls it.
        exchange: String,
        /// What its owner calls it.
        label: String,
    },
    /// The secret of an exchange key was replaced.
    KeySecretReplaced {
        /// Its exchange, as the API calls it.
        exchange: String,
        /// What its owner calls it.
        label: String,
    },
    /// Codes of an authenticator app are a second factor from now on.
    TotpAdded {
        /// Names it.
        factor: FactorId,
    },
    /// They are none any more.
    TotpRemoved,
    /// A passkey was added.
    PasskeyAdded {
        /// Names it.
        factor: FactorId,
        /// What its owner calls it.
        name: String,
    },
    /// A passkey was removed.
    PasskeyRemoved {
        /// What its owner calls it.
        name: String,
    },
    /// A recovery code was used up.
    RecoveryCodeUsed {
        /// How many are left.
        left: usize,
    },
    /// There are new recovery codes, and the former are void.
    RecoveryCodesRenewed,
    /// Several wrong codes were tried by somebody who knows the password or was signed in.
    WrongCodes,
    /// A passkey has counted backwards: there may be a copy of it.
    PasskeyCopied {
        /// What its owner calls it.
        name: String,
    },
    /// An operator is to remove all second factors, for their owner has lost them.
    FactorsResetRequested {
        /// Not before then.
        due_at: Timestamp,
    },
    /// They are not to be removed after all.
    FactorsResetCancelled,
    /// An operator has removed them.
    FactorsReset,
    /// A personal token was made.
    TokenMade {
        /// What its owner calls it.
        name: String,
        /// What a program may do by it.
        scopes: Vec<Scope>,
        /// The only networks that it is good from; empty where it is good from everywhere.
        networks: Vec<Network>,
        /// Until when it is good.
        expires_at: Timestamp,
    },
    /// Somebody who had a personal token has ended it.
    TokenRevoked {
        /// What its owner calls it.
        name: String,
    },
}

impl News {
    /// The second factor that was added: what its owner has not added, the link for saying so removes.
    #[must_use]
    pub const fn added(&self) -> Option<FactorId> {
        match self {
            Self::TotpAdded { factor } | Self::PasskeyAdded { factor, .. } => Some(*factor),
            _ => None,
        }
    }

    /// The name of the letter that brings it, in the table and in the log.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::NewDevice => "new-device",
            Self::PasswordChanged => "password-changed",
            Self::EmailChangeRequested { .. } => "email-change-requested",
            Self::EmailChanged { .. } => "email-changed",
            Self::Deletion { .. } => "deletion",
            Self::Deleted => "deleted",
            Self::Exported => "exported",
            Self::KeyAdded { .. } => "key-added",
            Self::KeySecretReplaced { .. } => "key-secret-replaced",
            Self::TotpAdded { .. } => "totp-added",
            Self::TotpRemoved => "totp-removed",
            Self::PasskeyAdded { .. } => "passkey-added",
            Self::PasskeyRemoved { .. } => "passkey-removed",
            Self::RecoveryCodeUsed { .. } => "recovery-code-used",
            Self::RecoveryCodesRenewed => "recovery-codes-renewed",
            Self::WrongCodes => "wrong-codes",
            Self::PasskeyCopied { .. } => "passkey-copied",
            Self::FactorsResetRequested { .. } => "factors-reset-requested",
            Self::FactorsResetCancelled => "factors-reset-cancelled",
            Self::FactorsReset => "factors-reset",
            Self::TokenMade { .. } => "token-made",
            Self::TokenRevoked { .. } => "token-revoked",
        }
    }
}

impl Letter {
    /// Its name in the table and in the log.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Verify { .. } => "verify",
            Self::AlreadyRegistered { .. } => "already-registered",
            Self::SetPassword { .. } => "set-password",
            Self::WeakPassword { .. } => "weak-password",
            Self::Locked { .. } => "locked",
            Self::ChangeEmail { .. } => "change-email",
            Self::Notice { news, .. } => news.kind(),
            Self::Nothing => "nothing",
        }
    }
}

/// Where a letter stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MailStatus {
    /// Nobody has tried to send it, or the last try failed and the next may begin.
    Pending,
    /// Somebody is sending it.
    Claimed,
    /// SES has taken it.
    Sent,
    /// SES will never take it.
    Failed,
    /// It was never meant to be sent.
    Dropped,
    /// SES has taken it, and the recipient's server has not.
    Bounced,
    /// The recipient calls it spam.
    Complained,
    /// SES has taken it, and then found a virus in it.
    Rejected,
}

/// A letter on its way: one row of the Mail table.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Mail {
    /// Names the row.
    pub id: MailId,
    /// What it says, and to whom.
    #[serde(flatten)]
    pub letter: Letter,
    /// In which language.
    pub language: Language,
    /// Where the letter stands.
    pub status: MailStatus,
    /// When it was written.
    pub created_at: Timestamp,
    ttl: Timestamp,
}

impl Mail {
    /// A new letter.
    ///
    /// # Errors
    /// `Internal` without randomness.
    pub fn new(letter: Letter, language: Language, now: Timestamp) -> Result<Self, Error> {
        Ok(Self::named(MailId::random()?, letter, language, now))
    }

    /// A new letter with an id that says what it is about, so that there is one of it.
    #[must_use]
    pub fn named(id: MailId, letter: Letter, language: Language, now: Timestamp) -> Self {
        let status = if matches!(letter, Letter::Nothing) { MailStatus::Dropped } else { MailStatus::Pending };
        Self { id, letter, language, status, created_at: now, ttl: now + RETENTION }
    }

    /// The write that posts what an owner is told at `unix_ms`, with the link for one who has not done it.
    ///
    /// # Errors
    /// `Internal`.
    pub fn notice(
        to: &EmailAddress,
        language: Language,
        news: News,
        circumstances: &Circumstances,
        unix_ms: u64,
    ) -> Result<Write<'static>, Error> {
        let (to, circumstances, not_me) = (to.clone(), circumstances.clone(), Some(LinkId::at(unix_ms)?));
        let now = circumstances.at;
        Self::new(Letter::Notice { to, news, circumstances, not_me }, language, now)?.post().map(Write::Put)
    }

    /// The write that posts it.
    ///
    /// # Errors
    /// `Internal`.
    pub fn post(&self) -> Result<Put<'static>, Error> {
        Put::new(Row::Mail(self.id), self)
    }
}
