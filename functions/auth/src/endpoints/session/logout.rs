//! `POST /auth/logout`: ends the session of an access token.

use axum::extract::State;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;
use shared::{
    error::Error,
    http::{Body, Fields, Input, Operation, Reply, SecretText},
    now::Now,
    tables::Row,
};

use crate::state::Auth;

/// The token whose session is to end.
pub struct LogoutRequest {
    access_token: SecretText,
}

impl Input for LogoutRequest {
    fn read(mut fields: Fields<'_>) -> Option<Self> {
        let access_token = fields.required("access_token", "Access token to invalidate");
        Some(Self { access_token: fields.end()?.of(access_token)? })
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

/// Always the same answer: a token that is none has no session to end. An expired one may still end its own.
pub async fn logout(
    State(auth): State<Auth>,
    Now(now): Now,
    Body(LogoutRequest { access_token }): Body<LogoutRequest>,
) -> Result<Reply<Message>, Error> {
    let done = Reply::ok(LOGGED_OUT);
    let claims = match auth.app.tokens.authentic(&access_token.reveal(), now).await {
        Ok(claims) => claims,
        Err(Error::InvalidToken) => return Ok(done),
        Err(error) => return Err(error),
    };
    auth.app.store.delete(Row::Session(claims.sub, claims.sid)).await?;
    Ok(done)
}

pub fn document() -> Operation {
    Operation::new("logout", "Ends the session of an access token, even of an expired one. Always answers the same.")
        .body::<LogoutRequest>(json!({ "access_token": "eyJ0eXAiOiJhdCtqd3QiLCJhbGciOiJFUzI1NiJ9" }))
        .ok(&LOGGED_OUT)
        .depends()
}
