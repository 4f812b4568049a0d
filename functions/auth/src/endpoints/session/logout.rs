//! `POST /auth/logout`: ends the session of an access token, or sessions of its account.

use std::time::Instant;

use axum::extract::State;
use compat::{json::Json, validation::Flaw};
use schemars::{JsonSchema, Schema, json_schema};
use serde::Serialize;
use serde_json::json;
use shared::{
    caller::{Caller, Origin},
    error::Error,
    http::{Body, Field, Fields, Input, Operation, Reply, SecretText, Text},
    now::Now,
};

use crate::{
    session::sign_out::{Leaving, Reach},
    state::Auth,
};

/// The token whose session is to end, and what else.
pub struct LogoutRequest {
    access_token: SecretText,
    scope: Scope,
}

/// Which sessions end.
#[derive(Clone, Copy)]
enum Scope {
    /// That of the token.
    Local,
    /// Those of its account.
    Account(Reach),
}

impl Field for Scope {
    fn parse(value: &Json) -> Result<Self, Flaw> {
        let Text::<0>(scope) = Text::parse(value)?;
        match scope.as_str() {
            "local" => Ok(Self::Local),
            "others" => Ok(Self::Account(Reach::Others)),
            "global" => Ok(Self::Account(Reach::All)),
            _ => Err(Flaw::no_such_word("'local', 'others' or 'global'")),
        }
    }

    fn schema() -> Schema {
        json_schema!({ "type": "string", "enum": ["local", "others", "global"] })
    }
}

impl Input for LogoutRequest {
    fn read(mut fields: Fields<'_>) -> Option<Self> {
        let access_token = fields.required("access_token", "Access token to invalidate");
        let scope = fields
            .optional("scope", "Whose session ends: that of the token, by default, all others of its account, or all");
        let values = fields.end()?;
        Some(Self { access_token: values.of(access_token)?, scope: values.of(scope)?.unwrap_or(Scope::Local) })
    }
}

/// That there is no session any more, in words for people.
#[derive(Serialize, JsonSchema)]
#[schemars(inline, extend("additionalProperties" = { "type": "string" }))]
pub struct Message {
    /// What has happened, in English.
    message: &'static str,
}

const LOGGED_OUT: Message = Message { message: "Logged out" };

/// Ends sessions. Of the token's own session the answer is always the same: a token that is none has no session to end, and an expired one
/// may still end its own. Whoever ends others has to hold a session that lives.
pub async fn logout(
    State(auth): State<Auth>,
    Now(now): Now,
    origin: Origin,
    Body(LogoutRequest { access_token, scope }): Body<LogoutRequest>,
) -> Result<Reply<Message>, Error> {
    let (since, access_token) = (Instant::now(), access_token.reveal());
    match scope {
        Scope::Local => match auth.app.tokens.authentic(&access_token, now).await {
            Ok(claims) => {
                let leaving = Leaving { account: claims.sub, session: claims.sid, origin: &origin, now };
                let _ended_now_or_before = auth.end_session(&leaving, claims.sid).await?;
            }
            Err(Error::InvalidToken) => {}
            Err(error) => return Err(error),
        },
        Scope::Account(which) => {
            let caller = Caller::by_token(&auth.app, &access_token, now).await?;
            auth.end_sessions(&Leaving::of(&caller, &origin, now), which, since).await?;
        }
    }
    Ok(Reply::ok(LOGGED_OUT))
}

pub fn document() -> Operation {
    Operation::new(
        "logout",
        "Ends the session of an access token, even of an expired one, and always answers the same; or, with a `scope`, all others of its \
         account, or all, where the session of the token lives.",
    )
    .body::<LogoutRequest>(json!({ "access_token": "eyJ0eXAiOiJhdCtqd3QiLCJhbGciOiJFUzI1NiJ9" }))
    .ok(&LOGGED_OUT)
    .fails(&Error::InvalidToken)
    .depends()
}
