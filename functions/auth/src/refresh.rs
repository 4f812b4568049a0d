//! `POST /auth/refresh`: a refresh token for its successor and a new access token. It is idempotent: within the grace everybody who shows
//! the token is told the same successor.

use axum::extract::State;
use serde_json::json;
use shared::{
    caller::token::REFRESH_GRACE,
    error::Error,
    http::{Body, Fields, Input, Operation, Reply, SecretText},
    ids::{AccountId, SessionId},
    keys::Row,
    now::Now,
    rotation::{Opened, in_use},
    store::{Condition, Update, Written},
    time::Timestamp,
};

use crate::{
    account_key::AccountKey,
    answer::AuthResponse,
    session::{LIFE, Presented, RefreshToken, Session},
    state::Auth,
};

/// One text for every reason.
const REFUSED: &str = "Invalid refresh token";

/// The token of the session so far.
pub struct RefreshTokenRequest {
    refresh_token: SecretText,
}

impl Input for RefreshTokenRequest {
    fn read(mut fields: Fields<'_>) -> Option<Self> {
        let refresh_token = fields.required("refresh_token", "Refresh token from previous session");
        Some(Self { refresh_token: fields.end()?.of(refresh_token)? })
    }
}

/// A session that goes on, and the token that it goes on with.
struct Refreshed {
    session: Session,
    token: RefreshToken,
}

/// Every good case is a single conditional update, and so is every refusal but that of a token in two hands.
pub async fn refresh(
    State(auth): State<Auth>,
    Now(now): Now,
    Body(RefreshTokenRequest { refresh_token }): Body<RefreshTokenRequest>,
) -> Result<Reply<AuthResponse>, Error> {
    let secrets = auth.secrets(now).await?;
    let Some(presented) = RefreshToken::parse(&refresh_token.reveal()) else {
        return Ok(refused());
    };
    match auth.rotate(presented, &secrets.account_keys, now).await? {
        Some(Refreshed { session, token }) => {
            AuthResponse::signed_in(&session, token, &secrets.signer, now).map(Reply::ok)
        }
        None => Ok(refused()),
    }
}

/// What the OpenAPI document says of it.
pub fn operation() -> Operation {
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

impl Auth {
    /// Lets the session of a token go on; `None` when it may not. Nothing is written but where the token is replaced.
    async fn rotate(
        &self,
        presented: RefreshToken,
        keys: &[Opened<AccountKey>],
        now: Timestamp,
    ) -> Result<Option<Refreshed>, Error> {
        let (account, id) = presented.names();
        let row = Row::Session(account, id);
        let (was, successor) = (presented.hash(), presented.successor(&in_use(keys, now)?.secret));
        let update = Update::new(row)
            .set("current", &successor.hash())?
            .set("previous", &was)?
            .set("rotated_at", &now)?
            .set("expires_at", &(now + LIFE))?
            .set("ttl", &(now + LIFE))?
            .when(Condition::equals("current", &was)?)
            .when(Condition::below("rotated_at", &(now - REFRESH_GRACE))?)
            .when(Condition::above("expires_at", &now)?);
        let session: Session = match self.app.store.update(update).await? {
            Written::Done(session) => return Ok(Some(Refreshed { session, token: successor })),
            Written::Conflict(None) => return Ok(None),
            Written::Conflict(Some(row)) => row.read()?,
        };
        Ok(match session.presented(&was, now) {
            Presented::Expired => None,
            Presented::Rotates => return Err(Error::internal("a refresh is refused that would go through")),
            Presented::Stays => Some(Refreshed { session, token: presented }),
            Presented::ToldAgain => {
                told_again(&presented, &session, keys, now).map(|token| Refreshed { session, token })
            }
            Presented::Reused => self.revoke(account, id).await?,
        })
    }

    /// Two parties hold this session and one of them is a thief: neither keeps it.
    async fn revoke(&self, account: AccountId, id: SessionId) -> Result<Option<Refreshed>, Error> {
        tracing::warn!(event = "refresh_token_reuse", %account, "a refresh token was used again; its session is revoked");
        self.app.store.delete(Row::Session(account, id)).await?;
        Ok(None)
    }
}

/// The successor that a token was given, under whichever key that was. None under a key that has ended meanwhile.
fn told_again(
    previous: &RefreshToken,
    session: &Session,
    keys: &[Opened<AccountKey>],
    now: Timestamp,
) -> Option<RefreshToken> {
    let good = keys.iter().filter(|key| !key.stored.has_ended(now));
    good.map(|key| previous.successor(&key.secret)).find(|successor| successor.hash() == session.current)
}
