//! `GET` and `PATCH /auth/preferences`: how an account wants to be written to.

use std::time::Instant;

use axum::extract::State;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;
use shared::{
    caller::{Caller, Origin},
    error::Error,
    http::{Body, Fields, Input, Operation, Reply},
    language::Language,
    now::Now,
};

use crate::{records::notice::Telling, state::Auth};

/// What is to be otherwise.
pub struct PreferencesUpdate {
    language: Language,
}

impl Input for PreferencesUpdate {
    fn read(mut fields: Fields<'_>) -> Option<Self> {
        let language = fields.required("language", "The language of letters, by its code of ISO 639-1");
        Some(Self { language: fields.end()?.of(language)? })
    }
}

/// How an account wants to be written to.
#[derive(Serialize, JsonSchema)]
pub struct Preferences {
    /// The language of letters, by its code of ISO 639-1. Where this deployment does not write in it, letters are in English.
    language: Language,
}

/// What the caller's account prefers.
pub async fn show_preferences(caller: Caller) -> Reply<Preferences> {
    Reply::ok(Preferences { language: caller.language() })
}

/// Changes it, and answers with it.
pub async fn change_preferences(
    State(auth): State<Auth>,
    caller: Caller,
    Now(now): Now,
    origin: Origin,
    Body(PreferencesUpdate { language }): Body<PreferencesUpdate>,
) -> Result<Reply<Preferences>, Error> {
    let (since, told) = (Instant::now(), Telling::of_session(&origin, caller.session_id(), now));
    auth.change_language(&caller, language, &told, since).await?;
    Ok(Reply::ok(Preferences { language }))
}

pub fn document_showing() -> Operation {
    Operation::new("get_preferences", "How the account of the bearer token wants to be written to.")
        .tag("Accounts")
        .protected()
        .ok(&Preferences { language: Language::De })
        .depends()
}

pub fn document_changing() -> Operation {
    Operation::new("update_preferences", "Changes the language in which the caller's account is written to.")
        .tag("Accounts")
        .protected()
        .body::<PreferencesUpdate>(json!({ "language": "de" }))
        .ok(&Preferences { language: Language::De })
        .depends()
}
