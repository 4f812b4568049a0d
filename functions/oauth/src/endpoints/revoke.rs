//! `POST /oauth/revoke`: whoever has a personal token ends it (RFC 7009): a scanner that has found one in a public place, or somebody who
//! should not have it. Having it is proof enough.

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use schemars::JsonSchema;
use serde::Serialize;
use shared::{
    caller::{
        Origin,
        personal_token::{PersonalToken, TokenRecord},
    },
    error::Error,
    events::{By, Circumstances},
    http::{Content, Operation},
    now::Now,
    outbox::{Mail, News},
    tables::Row,
    time::Timestamp,
};

use crate::{
    document::operation,
    protocol::{Form, OAuthError, ProtocolError},
    state::OAuth,
    tokens::Ended,
};

const MISSING: &str = "token is missing";

/// A token that is to end.
#[derive(Serialize, JsonSchema)]
pub struct RevocationRequest {
    /// The token itself.
    #[schemars(length(min = 1))]
    token: String,
    /// What kind of token it is. It tells that itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    token_type_hint: Option<String>,
}

/// Ends a living token, and answers alike whatever was sent: nobody learns here whether a token was one.
pub async fn revoke(
    State(oauth): State<OAuth>,
    origin: Origin,
    Now(now): Now,
    form: Form,
) -> Result<Response, ProtocolError> {
    // A token tells by itself of what kind it is, but nobody may say so twice.
    form.parameter("token_type_hint")?;
    let token = form.parameter("token")?.ok_or(ProtocolError::Invalid(MISSING))?;
    if let Some(token) = PersonalToken::parse(token) {
        oauth.revoke(&token, &origin, now).await?;
    }
    Ok(StatusCode::OK.into_response())
}

impl OAuth {
    /// One that operators have ended with all sessions goes, too: they may take that back.
    async fn revoke(&self, shown: &PersonalToken, origin: &Origin, now: Timestamp) -> Result<(), Error> {
        let (account, id) = shown.names();
        let record: Option<TokenRecord> = self.app.store.get(Row::PersonalToken(account, id)).await?;
        let Some(record) = record.filter(|record| record.proves(shown, now)) else { return Ok(()) };
        let by = Circumstances::of(origin, By::Token, now);
        let (news, unix_ms) = (News::TokenRevoked { name: record.name }, self.app.clock.unix_ms());
        let letter = Mail::notice(&record.email, record.language, news, &by, unix_ms)?;
        if self.end(account, id, &by, None, Some(letter)).await? == Ended::Now {
            tracing::warn!(event = "token_revoked", %account, %id, "whoever had a token has ended it");
        }
        Ok(())
    }
}

pub fn document() -> Operation {
    operation(
        "revoke_token",
        "Ends a personal token, by whoever has it: for scanners that find tokens in public places, and for their finders (RFC 7009). Its owner \
         is told by mail. No other credential is asked for. What is no living token, or no token at all, is answered alike.",
    )
    .form(&RevocationRequest { token: format!("bcpat_{}", "A".repeat(86)), token_type_hint: None })
    .other(200, "It is good for nothing, if it ever was for something", Content::Empty)
    .answer(400, MISSING, &OAuthError::invalid(MISSING))
    .answer(413, Error::BodyTooLarge.answer().1, &OAuthError::invalid(Error::BodyTooLarge.answer().1))
    .answer(503, Error::unavailable("").answer().1, &OAuthError::unavailable())
}
