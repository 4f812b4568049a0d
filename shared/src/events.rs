//! What has happened to an account: one row for each event, for its owner to read, gone after 400 days.
//!
//! Who can write to a table could forge a row, change it or take it away. So each has a twin in the log, where nobody who writes tables
//! can write: a line with a hash of what the row says. The line is written first, so that no row of ours is without one.

use std::time::Duration;

use aws_lc_rs::digest;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    caller::Origin,
    error::Error,
    ids::{AccountId, EventId, SessionId},
    random,
    store::{Condition, Put, Write},
    tables::Row,
    time::{Clock, Timestamp},
};

/// How long events stay visible.
pub const KEPT: Duration = Duration::from_hours(400 * 24);

/// What has happened. In rows, answers and metrics in snake case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "AccountAction")]
pub enum Action {
    /// Somebody has signed in from a place that was not known.
    NewDevice,
    /// Many wrong passwords were tried.
    Locked,
    /// Somebody has signed in with a password that is easy to guess.
    WeakPassword,
    /// A session was ended by its owner.
    SignedOut,
    /// Several sessions were ended at once.
    SessionsEnded,
    /// The password was replaced by whoever knew it.
    PasswordChanged,
    /// The password was set by a mailed link.
    PasswordReset,
    /// Somebody who knows the password wants another address.
    EmailChangeRequested,
    /// The account has another address.
    EmailChanged,
    /// The owner has said of something that it was not the owner: the account is closed to everybody until a new password is set.
    NotMe,
    /// And with it the account has got its former address back.
    EmailRestored,
    /// The account is to be deleted.
    DeletionRequested,
    /// It is not to be deleted after all.
    AccountKept,
    /// Everything that is known of the account was asked for.
    Exported,
    /// The language of letters was changed.
    LanguageChanged,
    /// The account was suspended.
    Banned,
    /// And is not any more.
    Unbanned,
    /// What was tried at the password was forgiven.
    Unlocked,
    /// The vault was opened before its time.
    VaultUnfrozen,
    /// Codes of an authenticator app are a second factor from now on.
    TotpAdded,
    /// They are none any more.
    TotpRemoved,
    /// A passkey was added.
    PasskeyAdded,
    /// A passkey was removed.
    PasskeyRemoved,
    /// A recovery code was used up.
    RecoveryCodeUsed,
    /// There are new recovery codes, and the former are void.
    RecoveryCodesRenewed,
    /// Several wrong codes were tried by somebody who knows the password or was signed in.
    WrongCodes,
    /// A passkey has counted backwards: there may be a copy of it.
    PasskeyCopied,
    /// All second factors are to be removed, for their owner has lost them.
    FactorsResetRequested,
    /// They are not to be removed after all.
    FactorsResetCancelled,
    /// They have been removed.
    FactorsReset,
    /// The account was brought along from another service.
    Imported,
    /// A personal token was made.
    TokenMade,
    /// A personal token was ended by its owner, or by whoever had found it.
    TokenEnded,
}

/// Who did it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "EventAuthor")]
pub enum By {
    /// Whoever was signed in, or was signing in.
    User,
    /// Whoever had a mailed link.
    Link,
    /// Whoever had the personal token that it is about.
    Token,
    /// An operator.
    Operator,
}

/// Through what it was done, where that was somebody who is signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "EventMeans")]
pub enum Via {
    /// A session of the account's owner.
    Session,
}

/// Who did something, when and from where: what events and letters say of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Circumstances {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: By,
    /// The client's address.
    pub ip: Option<String>,
    /// Its country, by ISO 3166-1 alpha-2, where the edge says so.
    pub country: Option<String>,
    /// What kind of client it was, in words of ours.
    pub device: Option<String>,
}

/// One event: a row of the table `Accounts`, or of `Grants` where it is about what an account has allowed programs.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AccountEvent {
    /// Names the event; later ones sort behind earlier ones.
    pub id: EventId,
    /// Whose account it is.
    pub account: AccountId,
    /// What has happened.
    pub action: Action,
    /// How it ended: `ok`.
    pub outcome: String,
    /// Who did it, when and from where.
    #[serde(flatten)]
    pub circumstances: Circumstances,
    /// By which session.
    pub session: Option<SessionId>,
    /// Keeps whoever reads the log from guessing what the row says.
    salt: String,
    ttl: Timestamp,
}

/// A line of the log that is about an event of an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// What it says of the event.
    pub event: LineKind,
    /// Which event.
    pub id: EventId,
    /// Whose account it is; only where the event is about to be written.
    pub account: Option<AccountId>,
    /// What has happened; not where it has not.
    pub action: Option<String>,
    /// See [`AccountEvent::twin`]; only where the event is about to be written.
    pub twin: Option<String>,
}

/// What a line says of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LineKind {
    /// It is about to be written.
    AccountEvent,
    /// It has happened.
    AccountChanged,
    /// It has not happened, or nobody knows.
    AccountEventVoid,
}

/// An event whose line is in the log and whose row is about to be written. Dropped before it is said to have happened, it says in the log
/// that it has not: its row is none that somebody took away.
#[must_use = "an event that has happened must be said to have"]
pub struct Announced {
    event: AccountEvent,
    has_happened: bool,
}

/// An event that is announced when the first transaction is about to be written that has it, and is the same in all rounds.
pub struct OneEvent {
    action: Action,
    announced: Option<Announced>,
}

impl OneEvent {
    /// Not announced yet.
    #[must_use]
    pub const fn new(action: Action) -> Self {
        Self { action, announced: None }
    }

    /// What has happened, if it does.
    #[must_use]
    pub const fn action(&self) -> Action {
        self.action
    }

    /// The write that keeps it: as of the first call, whatever later ones say.
    ///
    /// # Errors
    /// `Internal`.
    pub fn put(
        &mut self,
        account: AccountId,
        by: &Circumstances,
        session: Option<SessionId>,
        clock: &Clock,
    ) -> Result<Write<'static>, Error> {
        let announced = if let Some(announced) = &self.announced {
            announced
        } else {
            let event = AccountEvent::new(account, self.action, by.clone(), session, clock)?;
            self.announced.insert(event.announce()?)
        };
        announced.put().map(Write::Put)
    }

    /// The transaction with it took place.
    pub fn happened(self) {
        self.announced.into_iter().for_each(Announced::happened);
    }
}

impl Via {
    /// Through a session, where there is one.
    #[must_use]
    pub fn of(session: Option<SessionId>) -> Option<Self> {
        session.map(|_| Self::Session)
    }
}

impl Circumstances {
    /// Of a request that came in `now`.
    #[must_use]
    pub fn of(origin: &Origin, by: By, now: Timestamp) -> Self {
        Self { at: now, by, ip: origin.ip.clone(), country: origin.country.clone(), device: origin.device() }
    }

    /// Of an operator's command.
    #[must_use]
    pub const fn operator(now: Timestamp) -> Self {
        Self { at: now, by: By::Operator, ip: None, country: None, device: None }
    }
}

impl AccountEvent {
    /// Something that has just happened.
    ///
    /// # Errors
    /// `Internal` without randomness.
    pub fn new(
        account: AccountId,
        action: Action,
        circumstances: Circumstances,
        session: Option<SessionId>,
        clock: &Clock,
    ) -> Result<Self, Error> {
        // The milliseconds put the events of one moment in order; they are no second look at the time.
        let id = EventId::at(clock.unix_ms())?;
        let (salt, ttl) = (BASE64_URL_SAFE_NO_PAD.encode(random::bytes::<16>()?), circumstances.at + KEPT);
        Ok(Self { id, account, action, outcome: "ok".to_owned(), circumstances, session, salt, ttl })
    }

    /// Whether its time is not over: the table forgets it some days later.
    #[must_use]
    pub fn is_visible(&self, now: Timestamp) -> bool {
        self.ttl > now
    }

    /// What its line in the log says of it: SHA-256 of all that the row says, salt included, in base64url.
    ///
    /// # Errors
    /// `Internal`: never, for all of it can be written down.
    pub fn twin(&self) -> Result<String, Error> {
        // Members of a struct are written in their order, so equal rows have equal texts.
        let text = serde_json::to_vec(self).map_err(|error| Error::internal(error.to_string()))?;
        Ok(BASE64_URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, &text)))
    }

    /// Its row: with what it is about, in a table of whoever changes that.
    #[must_use]
    pub const fn row(&self) -> Row<'static> {
        match self.action {
            Action::TokenMade | Action::TokenEnded => Row::GrantEvent(self.account, self.id),
            _ => Row::AccountEvent(self.account, self.id),
        }
    }

    /// The put that keeps it, for the transaction of what has happened.
    ///
    /// # Errors
    /// `Internal`.
    pub fn put(&self) -> Result<Put<'static>, Error> {
        Ok(Put::new(self.row(), self)?.when(Condition::New))
    }

    /// What its line in the log says, for whoever writes it elsewhere than to the log of a function.
    ///
    /// # Errors
    /// Those of [`AccountEvent::twin`].
    pub fn line(&self) -> Result<Line, Error> {
        let (id, account, action) = (self.id, self.account, self.action.name().to_owned());
        Ok(Line {
            event: LineKind::AccountEvent,
            id,
            account: Some(account),
            action: Some(action),
            twin: Some(self.twin()?),
        })
    }

    /// Writes its line in the log. The row comes next, as often as it takes.
    ///
    /// # Errors
    /// Those of [`AccountEvent::twin`].
    pub fn announce(self) -> Result<Announced, Error> {
        let (id, account, action, twin) = (self.id, self.account, self.action.name(), self.twin()?);
        tracing::info!(event = "account_event", %id, %account, action, twin, "an event of an account is about to be written");
        Ok(Announced { event: self, has_happened: false })
    }
}

impl Announced {
    /// The put that keeps the event, for the transaction of what has happened.
    ///
    /// # Errors
    /// `Internal`.
    pub fn put(&self) -> Result<Put<'static>, Error> {
        self.event.put()
    }

    /// The event.
    #[must_use]
    pub const fn event(&self) -> &AccountEvent {
        &self.event
    }

    /// Its row is written. This line is the one that is counted.
    pub fn happened(mut self) {
        self.has_happened = true;
        let (id, action) = (self.event.id, self.event.action.name());
        tracing::info!(event = "account_changed", %id, action, "something has happened to an account");
    }
}

impl Drop for Announced {
    fn drop(&mut self) {
        if !self.has_happened {
            let id = self.event.id;
            tracing::info!(event = "account_event_void", %id, "an event of an account has not happened, or nobody knows");
        }
    }
}

impl Action {
    /// Its name in rows, answers and metrics: serde's, for where a text is wanted.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::NewDevice => "new_device",
            Self::Locked => "locked",
            Self::WeakPassword => "weak_password",
            Self::SignedOut => "signed_out",
            Self::SessionsEnded => "sessions_ended",
            Self::PasswordChanged => "password_changed",
            Self::PasswordReset => "password_reset",
            Self::EmailChangeRequested => "email_change_requested",
            Self::EmailChanged => "email_changed",
            Self::NotMe => "not_me",
            Self::EmailRestored => "email_restored",
            Self::DeletionRequested => "deletion_requested",
            Self::AccountKept => "account_kept",
            Self::Exported => "exported",
            Self::LanguageChanged => "language_changed",
            Self::Banned => "banned",
            Self::Unbanned => "unbanned",
            Self::Unlocked => "unlocked",
            Self::VaultUnfrozen => "vault_unfrozen",
            Self::TotpAdded => "totp_added",
            Self::TotpRemoved => "totp_removed",
            Self::PasskeyAdded => "passkey_added",
            Self::PasskeyRemoved => "passkey_removed",
            Self::RecoveryCodeUsed => "recovery_code_used",
            Self::RecoveryCodesRenewed => "recovery_codes_renewed",
            Self::WrongCodes => "wrong_codes",
            Self::PasskeyCopied => "passkey_copied",
            Self::FactorsResetRequested => "factors_reset_requested",
            Self::FactorsResetCancelled => "factors_reset_cancelled",
            Self::FactorsReset => "factors_reset",
            Self::Imported => "imported",
            Self::TokenMade => "token_made",
            Self::TokenEnded => "token_ended",
        }
    }
}

#[cfg(test)]
mod tests {
    use schemars::{Schema, schema_for};
    use serde_json::Value;

    use super::*;

    /// The names that a schema lists, each beside its description or all together.
    fn names(schema: &Schema) -> Vec<String> {
        let mut names = Vec::new();
        let mut parts = vec![schema.as_value()];
        while let Some(part) = parts.pop() {
            parts.extend(part["oneOf"].as_array().into_iter().flatten());
            let listed = part["enum"].as_array().into_iter().flatten().chain(part.get("const"));
            names.extend(listed.filter_map(Value::as_str).map(str::to_owned));
        }
        names
    }

    #[test]
    fn each_action_is_called_the_same_everywhere() {
        let names = names(&schema_for!(Action));
        assert!(names.len() > 15, "{names:?}");
        for name in names {
            let action: Action = serde_json::from_value(Value::String(name.clone())).unwrap();
            assert_eq!(action.name(), name);
        }
    }
}
