//! What has happened to an account: one row for each event, for its owner to read, gone after 400 days.
//!
//! Who can write to a table could forge a row, change it or take it away. So each has a twin in the log, where nobody who writes tables
//! can write: a line with a hash of what the row says. The line is written first, so that no row of ours is without one.

mod action;
mod announced;

use std::time::Duration;

use aws_lc_rs::digest;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use self::{
    action::Action,
    announced::{Announced, OneEvent},
};
use crate::{
    caller::Origin,
    error::Error,
    ids::{AccountId, EventId, SessionId},
    random,
    store::{Condition, Put},
    tables::Row,
    time::{Clock, Timestamp},
};

/// How long events stay visible.
pub const KEPT: Duration = Duration::from_hours(400 * 24);

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
    /// A personal token, which the owner has made for a program.
    Token,
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
        Ok(Announced::of(self))
    }
}
