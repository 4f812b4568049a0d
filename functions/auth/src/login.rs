//! `POST /auth/login`: address and password for a session.

use std::time::Instant;

use axum::extract::State;
use serde_json::json;
use shared::{
    email::EmailAddress,
    error::Error,
    http::{Body, Fields, Input, Operation, Reply, SecretText},
};

use crate::{
    answer::AuthResponse,
    password::{PasswordHash, Verdict},
    records::Decision,
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

/// Unknown, unverified and wrong cost the same: one read, one Argon2 run.
pub async fn login(
    State(auth): State<Auth>,
    Body(LoginRequest { email, password }): Body<LoginRequest>,
) -> Result<Reply<AuthResponse>, Error> {
    let (since, now) = (Instant::now(), auth.app.clock.now());
    let secrets = auth.secrets().await?;
    let passwords = &secrets.passwords;
    let record = auth.record(&email.key()).await?;
    let owner = record.owner();
    let stored = owner.and_then(|owner| owner.password.clone());
    let password = password.reveal();
    let verdict = passwords.verify(&password, stored.as_ref(), now).await?;
    match (owner, stored) {
        (Some(owner), Some(stored)) if verdict != Verdict::Wrong => {
            if verdict == Verdict::RightButOutdated {
                rehash(&auth, &email, &stored, passwords.hash(&password, now).await?, since).await?;
            }
            let Some(signed_in) = auth.sign_in(owner).await? else { return Ok(refused("changed_meanwhile")) };
            tracing::info!(event = "login", "somebody has signed in");
            Ok(Reply::ok(signed_in))
        }
        (Some(_), Some(_)) => Ok(refused("wrong_password")),
        (Some(_), None) => Ok(refused("no_password")),
        (None, _) if record.is_pending() => Ok(refused("unverified")),
        (None, _) => Ok(refused("unknown")),
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

/// The parameters or the pepper have changed since this hash was made, and only now is the password at hand.
async fn rehash(
    auth: &Auth,
    email: &EmailAddress,
    old: &PasswordHash,
    new: PasswordHash,
    since: Instant,
) -> Result<(), Error> {
    auth.change_record(&email.key(), since, |record, _| {
        let replaced = record.rehash(old, new.clone());
        Ok(if replaced { Decision::write((), Vec::new()) } else { Decision::keep(()) })
    })
    .await
}
