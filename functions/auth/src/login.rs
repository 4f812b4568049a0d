//! `POST /auth/login`: address and password for a session.

use axum::extract::State;
use serde::de::IgnoredAny;
use serde_json::json;
use shared::{
    email::EmailAddress,
    error::Error,
    http::{Body, Fields, Input, Operation, Reply, SecretText},
    keys::Row,
    now::Now,
    store::{Condition, Update},
    time::Timestamp,
};

use crate::{
    account::Account,
    answer::AuthResponse,
    password::{PasswordHash, Verdict},
    records::KnownAddress,
    session::sign_in::{NewSession, Proof},
    state::Auth,
};

/// One text for every reason, so that it tells none.
const REFUSED: &str = "Invalid email or password, or email not verified";

/// Who wants in.
pub struct LoginRequest {
    email: EmailAddress,
    password: SecretText,
}

impl Input for LoginRequest {
    fn read(mut fields: Fields<'_>) -> Option<Self> {
        let email = fields.required("email", "User email address");
        let password = fields.required("password", "User password");
        let values = fields.end()?;
        Some(Self { email: values.of(email)?, password: values.of(password)? })
    }
}

/// Unknown, unverified and wrong cost the same: two reads, one Argon2 run.
pub async fn login(
    State(auth): State<Auth>,
    Now(now): Now,
    Body(LoginRequest { email, password }): Body<LoginRequest>,
) -> Result<Reply<AuthResponse>, Error> {
    let secrets = auth.secrets(now).await?;
    let KnownAddress { record, account } = auth.known_address(&email.key()).await?;
    let (password, stored) = (password.reveal(), account.as_ref().and_then(|account| account.password.as_ref()));
    let verdict = secrets.passwords.verify(&password, stored, now).await?;
    let proof = account.as_ref().and_then(|account| Proof::by_password(account, verdict, now));
    match (&account, stored, proof) {
        (Some(account), Some(stored), Some(proof)) => {
            let Some(NewSession { session, refresh }) = auth.sign_in(proof).await? else {
                return Ok(refused("changed_meanwhile"));
            };
            tracing::info!(event = "login", "somebody has signed in");
            if verdict == Verdict::RightButOutdated
                && let Err(error) = auth.rehash(account, stored, &password, now).await
            {
                tracing::warn!(?error, "a password is not hashed anew; its next login tries again");
            }
            AuthResponse::signed_in(&session, refresh, &secrets.signer, now).map(Reply::ok)
        }
        (Some(_), Some(_), None) => Ok(refused("wrong_password")),
        (Some(_), None, _) => Ok(refused("no_password")),
        (None, ..) if record.is_pending() => Ok(refused("unverified")),
        (None, ..) => Ok(refused("unknown")),
    }
}

/// What the OpenAPI document says of it.
pub fn operation() -> Operation {
    Operation::new("login", "Opens a session for an address that has been verified.")
        .body::<LoginRequest>(json!({ "email": "ada@example.com", "password": "correct horse battery" }))
        .ok(&AuthResponse::example_of_session())
        .answer(401, "The credentials do not convince", &AuthResponse::refused(REFUSED))
        .depends()
}

/// `reason` is for the log alone.
fn refused(reason: &'static str) -> Reply<AuthResponse> {
    tracing::info!(event = "login_refused", reason, "somebody may not sign in");
    Reply::unauthorized(AuthResponse::refused(REFUSED))
}

impl Auth {
    /// The parameters or the pepper have changed since this hash was made, and only now is the password at hand. It stays the same, so this
    /// is no change that the account's version counts; one that has come in between is left alone.
    async fn rehash(&self, account: &Account, old: &PasswordHash, password: &str, now: Timestamp) -> Result<(), Error> {
        let new = self.secrets(now).await?.passwords.hash(password, now).await?;
        let update = Update::new(Row::Account(account.id)).set("password", &new)?;
        let _done_or_changed =
            self.app.store.update::<IgnoredAny>(update.when(Condition::equals("password", old)?)).await?;
        Ok(())
    }
}
