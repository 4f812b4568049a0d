//! `POST /auth/refresh`: a refresh token for its successor and a new access token. It is idempotent: within the grace everybody who shows
//! the token is told the same successor.

use axum::extract::State;
use serde_json::json;
use shared::{
    caller::Origin,
    error::Error,
    http::{Body, Fields, Input, Operation, Reply, SecretText},
    now::Now,
};

use crate::{endpoints::auth_response::AuthResponse, session::RefreshToken, state::Auth};

/// One text for every reason.
const REFUSED: &str = "Invalid refresh token";

/// The refresh token that a session has come to.
pub struct RefreshTokenRequest {
    refresh_token: SecretText,
}

impl Input for RefreshTokenRequest {
    fn read(mut fields: Fields<'_>) -> Option<Self> {
        let refresh_token = fields.required("refresh_token", "Refresh token from previous session");
        Some(Self { refresh_token: fields.end()?.of(refresh_token)? })
    }
}

/// Every good case is a single conditional update, and so is every refusal but that of a token in two hands.
pub async fn refresh(
    State(auth): State<Auth>,
    Now(now): Now,
    origin: Origin,
    Body(RefreshTokenRequest { refresh_token }): Body<RefreshTokenRequest>,
) -> Result<Reply<AuthResponse>, Error> {
    let secrets = auth.secrets(now).await?;
    let Some(presented) = RefreshToken::parse(&refresh_token.reveal()) else {
        return Ok(refused());
    };
    match auth.rotate(presented, &origin, &secrets.account_keys, now).await? {
        Some(signed_in) => AuthResponse::signed_in(signed_in, &secrets.signer, now).map(Reply::ok),
        None => Ok(refused()),
    }
}

pub fn document() -> Operation {
    Operation::new(
        "refresh_token",
        "Exchanges a refresh token for its successor and a new access token. Shown again within 30 seconds, the token brings the same \
         successor, and the successor stays as it is: tabs that share a token may refresh at once. Used later, it ends the session.",
    )
    .body::<RefreshTokenRequest>(json!({ "refresh_token": "Z29vZCBmb3Igb25lIHJlZnJlc2g" }))
    .ok(&AuthResponse::example_of_session())
    .answer(401, "The token is unknown, has expired or has been used", &AuthResponse::refused(REFUSED))
    .depends()
}

fn refused() -> Reply<AuthResponse> {
    Reply::unauthorized(AuthResponse::refused(REFUSED))
}
