//! `POST /auth/refresh`: a refresh token for its successor and a new access token. Each token works once.

use axum::extract::State;
use serde_json::json;
use shared::{
    error::Error,
    http::{Body, Fields, Input, Operation, Reply, SecretText},
    keys::Row,
    store::{Condition, Update, Written},
    time::Timestamp,
};

use crate::{
    answer::AuthResponse,
    session::{GRACE, LIFE, Presented, RefreshHash, RefreshToken, Session},
    state::Auth,
};

/// One text for every reason.
const REFUSED: &str = "Invalid refresh token";

/// The token of the session so far.
pub struct RefreshTokenRequest {
    refresh_token: SecretText,
}

impl Input for RefreshTokenRequest {
    fn read(fields: &mut Fields) -> Option<Self> {
        Some(Self { refresh_token: fields.required("refresh_token", "Refresh token from previous session")? })
    }
}

/// The good case is a single conditional update.
pub async fn refresh(
    State(auth): State<Auth>,
    Body(RefreshTokenRequest { refresh_token }): Body<RefreshTokenRequest>,
) -> Result<Reply<AuthResponse>, Error> {
    let secrets = auth.secrets().await?;
    let now = auth.app.clock.now();
    let Some(presented) = RefreshToken::parse(&refresh_token.reveal()) else {
        return Ok(refused());
    };
    let (account, id) = presented.names();
    let successor = RefreshToken::random(account, id)?;
    match rotate(&auth, &presented, &successor, now).await? {
        Some(session) => AuthResponse::signed_in(&session, successor, &secrets.signer, now).map(Reply::ok),
        None => Ok(refused()),
    }
}

/// What the OpenAPI document says of it.
pub fn operation() -> Operation {
    Operation::new(
        "refresh_token",
        "Exchanges a refresh token for its successor and a new access token. A refresh token works once: used again, \
         it ends the session.",
    )
    .body::<RefreshTokenRequest>(json!({ "refresh_token": "Z29vZCBmb3Igb25lIHJlZnJlc2g" }))
    .ok(&AuthResponse::example_of_session())
    .answer(401, "The token is unknown, has expired or has been used", &AuthResponse::refused(REFUSED))
    .depends()
}

fn refused() -> Reply<AuthResponse> {
    Reply::unauthorized(AuthResponse::refused(REFUSED))
}

async fn rotate(
    auth: &Auth,
    presented: &RefreshToken,
    successor: &RefreshToken,
    now: Timestamp,
) -> Result<Option<Session>, Error> {
    let (account, id) = presented.names();
    let row = Row::Session(account, id);
    let (was, next) = (presented.hash(), successor.hash());
    let update = Update::new(row)
        .set("current", &next)?
        .set("previous", &was)?
        .set("rotated_at", &now)?
        .set("expires_at", &(now + LIFE))?
        .set("ttl", &(now + LIFE))?
        .when(Condition::equals("current", &was)?)
        .when(Condition::above("expires_at", &now)?);
    let there: Session = match auth.app.store.update(update).await? {
        Written::Done(session) => return Ok(Some(session)),
        Written::Conflict(None) => return Ok(None),
        Written::Conflict(Some(row)) => row.read()?,
    };
    match there.presented(&was, now) {
        Presented::Expired => Ok(None),
        Presented::Remint => remint(auth, row, &was, &next, now).await,
        Presented::Reuse => revoke(auth, row).await,
    }
}

/// Only the current token changes, so the window does not slide and the successor before this one is dead.
async fn remint(
    auth: &Auth,
    row: Row<'_>,
    previous: &RefreshHash,
    next: &RefreshHash,
    now: Timestamp,
) -> Result<Option<Session>, Error> {
    let update = Update::new(row)
        .set("current", next)?
        .when(Condition::equals("previous", previous)?)
        .when(Condition::at_least("rotated_at", &(now - GRACE))?)
        .when(Condition::above("expires_at", &now)?);
    match auth.app.store.update(update).await? {
        Written::Done(session) => Ok(Some(session)),
        Written::Conflict(None) => Ok(None),
        Written::Conflict(Some(_)) => revoke(auth, row).await,
    }
}

/// Two parties hold this session and one of them is a thief: neither keeps it.
async fn revoke(auth: &Auth, row: Row<'_>) -> Result<Option<Session>, Error> {
    if let Row::Session(account, _) = row {
        tracing::warn!(event = "refresh_token_reuse", %account, "a refresh token was used again; its session is revoked");
    }
    auth.app.store.delete(row).await?;
    Ok(None)
}
