//! Who did what with a key: one row for each access, gone after 400 days. Nothing in it changes but the outcome of what takes its
//! time, once, when that is known.

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use shared::{
    error::Error,
    events::{By, Circumstances},
    ids::{AccountId, EventId, KeyId, SessionId, TokenId},
    store::{Condition, Put, Write},
    tables::Row,
    time::Timestamp,
};

use crate::{access::Access, refusal::Refusal, state::Vault};

/// How long accesses stay visible.
const KEPT: Duration = Duration::from_hours(400 * 24);

/// The outcome of what has begun, for as long as no other is known: it is under way, or its end could not be written down.
pub const UNKNOWN: &str = "unknown";

/// What was done, or tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AccessAction {
    /// The key was stored.
    Create,
    /// It was tried at its exchange.
    Test,
    /// It was shown to its owner in the clear.
    Decrypt,
    /// It was changed.
    Update,
    /// It was deleted.
    Delete,
}

/// One access to a key: a row of the table `ExchangeKeys`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AccessEvent {
    pub(crate) id: EventId,
    pub(crate) account: AccountId,
    pub(crate) key: KeyId,
    pub(crate) action: AccessAction,
    pub(crate) outcome: String,
    #[serde(flatten)]
    pub(crate) circumstances: Circumstances,
    /// By which session.
    pub(crate) session: Option<SessionId>,
    /// By which personal token.
    pub(crate) token: Option<TokenId>,
    pub(crate) user_agent: Option<String>,
    ttl: Timestamp,
}

impl AccessEvent {
    /// Something that is done to a key. `outcome` is a word of ours: `ok`, a refusal, how a test ended, or [`UNKNOWN`].
    fn new(access: &Access, action: AccessAction, outcome: &str, id: EventId) -> Self {
        Self {
            id,
            account: access.account_id(),
            key: access.key,
            action,
            outcome: outcome.to_owned(),
            circumstances: Circumstances::of(&access.origin, By::User, access.now),
            session: access.actor.session_id(),
            token: access.actor.token_id(),
            user_agent: access.origin.user_agent.clone(),
            ttl: access.now + KEPT,
        }
    }

    /// This access, now that its outcome is known.
    #[must_use]
    pub fn ended(self, outcome: &str) -> Self {
        Self { outcome: outcome.to_owned(), ..self }
    }

    /// Whether its time is not over: the table forgets it some days later.
    #[must_use]
    pub fn is_visible(&self, now: Timestamp) -> bool {
        self.ttl > now
    }

    /// The write that keeps it.
    ///
    /// # Errors
    /// `Internal`.
    pub fn write(&self) -> Result<Write<'static>, Error> {
        self.put().map(Write::Put)
    }

    /// The put that keeps it, for a write of its own.
    ///
    /// # Errors
    /// `Internal`.
    pub fn put(&self) -> Result<Put<'static>, Error> {
        Ok(self.replace()?.when(Condition::New))
    }

    /// The write that keeps it in the place of what was known of it before.
    ///
    /// # Errors
    /// `Internal`.
    pub fn replace(&self) -> Result<Put<'static>, Error> {
        Put::new(Row::AccessEvent(self.account, self.key, self.id), self)
    }
}

impl Vault {
    /// Something that is done to a key, for the list of accesses.
    ///
    /// # Errors
    /// `Internal`.
    pub(crate) fn event(&self, access: &Access, action: AccessAction, outcome: &str) -> Result<AccessEvent, Error> {
        // The milliseconds put the accesses of one moment in order; they are no second look at the time.
        Ok(AccessEvent::new(access, action, outcome, EventId::at(self.app.clock.unix_ms())?))
    }

    /// Refuses, after writing down that somebody tried.
    pub(crate) async fn refuse(&self, access: &Access, action: AccessAction, refusal: Refusal) -> Refusal {
        let event = self.event(access, action, refusal.code().as_str()).and_then(|event| event.put());
        self.recorded(event, refusal).await
    }

    /// What an actor was `asked` for, or a refusal, after writing down that somebody tried without it.
    ///
    /// # Errors
    /// What was refused; `Failed` where that could not be written down.
    pub(crate) async fn or_refuse<T>(
        &self,
        access: &Access,
        action: AccessAction,
        asked: Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        match asked {
            Ok(had) => Ok(had),
            Err(refusal) => Err(self.refuse(access, action, refusal).await),
        }
    }

    /// Writes down that something begins whose outcome is not known yet: what cannot be recorded is not done.
    ///
    /// # Errors
    /// `Unavailable`, `Internal`.
    pub(crate) async fn begin(&self, access: &Access, action: AccessAction) -> Result<AccessEvent, Error> {
        let event = self.event(access, action, UNKNOWN)?;
        let _new = self.app.store.put(event.put()?).await?;
        Ok(event)
    }

    /// Refuses, after writing down that what was begun has ended so.
    pub(crate) async fn end(&self, begun: AccessEvent, refusal: Refusal) -> Refusal {
        self.recorded(begun.ended(refusal.code().as_str()).replace(), refusal).await
    }

    /// Refuses, after a write of an access.
    pub(crate) async fn recorded(&self, event: Result<Put<'static>, Error>, refusal: Refusal) -> Refusal {
        let written = match event {
            Ok(event) => self.app.store.put(event).await,
            Err(error) => Err(error),
        };
        match written {
            Ok(_) => refusal,
            Err(error) => Refusal::Failed(error),
        }
    }
}
