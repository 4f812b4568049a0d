//! `POST /auth/login`: address and password for a session.

use axum::extract::State;
use compat::email::EmailAddress;
use serde_json::json;
use shared::{
    error::Error,
    http::{Body, Fields, Input, Operation, Reply, SecretText},
    now::Now,
};

use crate::{
    endpoints::auth_response::AuthResponse, password::Verdict, records::known::KnownAddress, session::sign_in::Proof,
    state::Auth,
};

/// One text for every reason, so that it tells none.
const REFUSED: &str = "Invalid email or password, or email not verified";

/// The address and the password of somebody who wants to sign in.
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
    let (password, passwords) = (password.reveal(), auth.passwords(now).await?);
    let KnownAddress { record, account } = auth.known_address(&email.key()).await?;
    let stored = account.as_ref().and_then(|account| account.password.as_ref());
    let verdict = passwords.verify(&password, stored, now).await?;
    let Some(account) = &account else {
        return Ok(refused(if record.is_pending() { "unverified" } else { "unknown" }));
    };
    let Some(stored) = stored else { return Ok(refused("no_password")) };
    let Some(proof) = Proof::by_password(account, verdict, now) else { return Ok(refused("wrong_password")) };
    let Some(signed_in) = auth.sign_in(proof).await? else { return Ok(refused("changed_meanwhile")) };
    tracing::info!(event = "login", "somebody has signed in");
    if verdict == Verdict::RightButOutdated
        && let Err(error) = auth.rehash(account, stored, &password, now).await
    {
        tracing::warn!(?error, "a password is not hashed anew; its next login tries again");
    }
    AuthResponse::signed_in(signed_in, &auth.secrets(now).await?.signer, now).map(Reply::ok)
}

pub fn document() -> Operation {
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
