//! Who did what with a key: one row for each access, gone after 400 days. Nothing in it changes but the outcome of what takes its
//! time, once, when that is known.

use std::{borrow::Cow, time::Duration};

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize};
use serde_json::json;
use shared::{
    caller::{Caller, Origin},
    error::Error,
    ids::{AccountId, EventId, KeyId},
    keys::Row,
    store::{Condition, Put, Write},
    time::{Clock, Timestamp},
};

use crate::{document, exchanges::Status, model::RefusalCode};

/// How long accesses stay visible.
const KEPT: Duration = Duration::from_hours(400 * 24);

/// The outcome of what has begun, for as long as no other is known: it is under way, or its end could not be written down.
pub const UNKNOWN: &str = "unknown";

/// What was done, or tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "AccessAction")]
pub enum Action {
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
    account: AccountId,
    key: KeyId,
    action: Action,
    outcome: String,
    at: Timestamp,
    ip: Option<String>,
    user_agent: Option<String>,
    ttl: Timestamp,
}

impl AccessEvent {
    /// Something that `caller` does to a key now. `outcome` is a word of ours: `ok`, a refusal, how a test ended, or
    /// [`UNKNOWN`].
    ///
    /// # Errors
    /// `Internal` without randomness.
    pub fn new(
        caller: &Caller,
        origin: &Origin,
        key: KeyId,
        (action, outcome): (Action, &str),
        clock: &Clock,
    ) -> Result<Self, Error> {
        let now = clock.now();
        Ok(Self {
            id: EventId::at(clock.unix_ms())?,
            account: caller.account(),
            key,
            action,
            outcome: outcome.to_owned(),
            at: now,
            ip: origin.ip.clone(),
            user_agent: origin.user_agent.clone(),
            ttl: now + KEPT,
        })
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

/// An access to a key, as the owner of the key sees it.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "AccessEvent")]
pub struct EventView {
    /// Names the access; later ones sort behind earlier ones.
    id: String,
    /// What was done, or tried.
    action: Action,
    /// What has become of it. A row may keep a word that has gone since.
    #[schemars(with = "Outcome")]
    outcome: String,
    /// When.
    #[schemars(extend("format" = "date-time"))]
    at: String,
    /// Whose session it was.
    user_id: String,
    /// The address that the request came from.
    ip: Option<String>,
    /// What the client called itself.
    user_agent: Option<String>,
}

/// The words for outcomes, for the document.
struct Outcome;

impl JsonSchema for Outcome {
    fn schema_name() -> Cow<'static, str> {
        "AccessOutcome".into()
    }

    fn json_schema(schemas: &mut SchemaGenerator) -> Schema {
        let own = [
            json!({ "const": UNKNOWN, "description": "A test is under way, or its end could not be written down." }),
            json!({ "const": RefusalCode::Failed.as_str(), "description": "Something was out of order." }),
        ];
        let described =
            "What has become of an access: `ok`, the word for a refusal, how a test ended, or none of these.";
        document::words(described, &own, &[Status::json_schema(schemas), RefusalCode::json_schema(schemas)])
    }
}

impl EventView {
    /// For the document.
    pub(crate) fn example() -> Self {
        Self {
            id: document::KEY_ID.to_owned(),
            action: Action::Decrypt,
            outcome: "ok".to_owned(),
            at: document::MOMENT.to_owned(),
            user_id: "6f1c0c3a-2b47-4c0e-9d5e-2f7f0a4b8a11".to_owned(),
            ip: Some("203.0.113.9".to_owned()),
            user_agent: Some("Mozilla/5.0".to_owned()),
        }
    }
}

impl From<AccessEvent> for EventView {
    fn from(event: AccessEvent) -> Self {
        Self {
            id: event.id.to_string(),
            action: event.action,
            outcome: event.outcome,
            at: event.at.to_string(),
            user_id: event.account.to_string(),
            ip: event.ip,
            user_agent: event.user_agent,
        }
    }
}
