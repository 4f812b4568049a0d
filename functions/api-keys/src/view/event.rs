//! An access to a key as the owner of the key sees it.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;
use serde_json::json;
use shared::events::{By, Circumstances, Via};

use crate::{
    audit::{AccessAction, AccessEvent, UNKNOWN},
    document,
    exchanges::ConnectionStatus,
    refusal::RefusalCode,
};

/// An access to a key, as the owner of the key sees it.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "AccessEvent")]
pub struct EventView {
    /// Names the access; later ones sort behind earlier ones.
    id: String,
    /// What was done, or tried.
    action: AccessAction,
    /// How the access ended: `ok`, the code of a refusal, how a test ended, or `unknown`. A row may keep a word that has gone since.
    #[schemars(with = "AccessOutcome")]
    outcome: String,
    /// When.
    #[schemars(extend("format" = "date-time"))]
    at: String,
    /// Who did it.
    by: By,
    /// Through what.
    via: Option<Via>,
    /// The personal token that it was done by; null where it was done by none.
    token: Option<String>,
    /// Whose account it was.
    user_id: String,
    /// The address that the request came from.
    ip: Option<String>,
    /// Its country, by ISO 3166-1 alpha-2, where that is known.
    country: Option<String>,
    /// What kind of client it was: a browser and a system, or a program.
    device: Option<String>,
    /// What the client called itself.
    user_agent: Option<String>,
}

/// The words for how an access ended, for the document.
struct AccessOutcome;

impl JsonSchema for AccessOutcome {
    fn schema_name() -> Cow<'static, str> {
        "AccessOutcome".into()
    }

    fn json_schema(schemas: &mut SchemaGenerator) -> Schema {
        let own = [
            json!({ "const": UNKNOWN, "description": "A test is under way, or its end could not be written down." }),
            json!({
                "const": RefusalCode::StepUpRequired.as_str(),
                "description": "The session's last proof of who its owner is did not suffice.",
            }),
            json!({ "const": RefusalCode::Failed.as_str(), "description": "Something was out of order." }),
        ];
        let described =
            "What has become of an access: `ok`, the word for a refusal, how a test ended, or none of these.";
        document::words(described, &own, &[ConnectionStatus::json_schema(schemas), RefusalCode::json_schema(schemas)])
    }
}

impl EventView {
    /// For the document.
    pub(crate) fn example() -> Self {
        Self {
            id: document::KEY_ID.to_owned(),
            action: AccessAction::Decrypt,
            outcome: "ok".to_owned(),
            at: document::MOMENT.to_owned(),
            by: By::User,
            via: Some(Via::Token),
            token: Some("01981e5a-7a10-7d52-9c1f-5b2e8c6d4f3a".to_owned()),
            user_id: "6f1c0c3a-2b47-4c0e-9d5e-2f7f0a4b8a11".to_owned(),
            ip: Some("203.0.113.9".to_owned()),
            country: Some("DE".to_owned()),
            device: Some("Firefox on Windows".to_owned()),
            user_agent: Some("Mozilla/5.0".to_owned()),
        }
    }
}

impl From<AccessEvent> for EventView {
    fn from(event: AccessEvent) -> Self {
        let Circumstances { at, by, ip, country, device } = event.circumstances;
        Self {
            id: event.id.to_string(),
            action: event.action,
            outcome: event.outcome,
            at: at.to_string(),
            by,
            via: event.token.map(|_| Via::Token).or_else(|| Via::of(event.session)),
            token: event.token.map(|token| token.to_string()),
            user_id: event.account.to_string(),
            ip,
            country,
            device,
            user_agent: event.user_agent,
        }
    }
}
