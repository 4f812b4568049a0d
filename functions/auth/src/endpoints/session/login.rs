//! `POST /auth/login`: address and password for a session.

use std::time::Instant;

use axum::extract::State;
use compat::email::EmailAddress;
use serde_json::json;
use shared::{
    error::Error,
    http::{Body, Fields, Input, Operation, Reply, SecretText},
    now::Now,
    time::Timestamp,
};

use crate::{
    attempts::{Admission, Counted},
    challenge::{Group, Toll, Visitor},
    endpoints::auth_response::AuthResponse,
    password::Verdict,
    records::guarded::GuardedAddress,
    sender::{DEVICE_TOKEN, Sender},
    session::sign_in::Proof,
    state::Auth,
};

/// One text for every reason, so that it tells none.
const REFUSED: &str = "Invalid email or password, or email not verified";
/// For every address alike.
const LOCKED: &str = "Too many attempts; try again later";

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

/// Unknown, unverified, wrong and locked cost the same: three reads, an update that counts the try, and beside it one Argon2 run, whose
/// verdict nobody looks at before the try has been admitted.
pub async fn login(
    State(auth): State<Auth>,
    Now(now): Now,
    visitor: Visitor,
    sender: Sender,
    Body(LoginRequest { email, password }): Body<LoginRequest>,
) -> Result<Reply<AuthResponse>, Error> {
    let since = Instant::now();
    if let Toll::Owed(owed) = auth.toll(Group::Login, &visitor, now).await? {
        return Ok(owed.reply(|_| AuthResponse::refused(LOCKED)));
    }
    let (key, password, passwords) = (email.key(), password.reveal(), auth.passwords(now).await?);
    let GuardedAddress { record, account, tries } = auth.guarded_address(&key).await?;
    let stored = account.as_ref().and_then(|account| account.password.as_ref());
    let from = sender.places();
    let (admission, verdict) =
        tokio::join!(auth.admit(tries, &from, since, now), passwords.verify(&password, stored, now));
    let counted = match admission? {
        Admission::Counted(counted) => counted,
        Admission::Locked(seconds) => return Ok(locked("locked", seconds)),
    };
    let (verdict, refused) = (verdict?, |reason| refused(reason, &counted, now));
    let Some(account) = &account else {
        return Ok(refused(if record.is_pending() { "unverified" } else { "unknown" }));
    };
    let Some(stored) = stored else { return Ok(refused("no_password")) };
    let Some(proof) = Proof::by_password(account, verdict, now) else { return Ok(refused("wrong_password")) };
    let (device, from) = sender.arrives(&counted.attempts.places, now)?;
    let success = counted.succeeds(&from, now);
    let Some(signed_in) = auth.sign_in(proof, &success).await? else { return Ok(refused("changed_meanwhile")) };
    tracing::info!(event = "login", "somebody has signed in");
    if verdict == Verdict::RightButOutdated
        && let Err(error) = auth.rehash(account, stored, &password, now).await
    {
        tracing::warn!(?error, "a password is not hashed anew; its next login tries again");
    }
    let answer = AuthResponse::signed_in(signed_in, &auth.secrets(now).await?.signer, now)?;
    Ok(Reply::ok(answer).header(DEVICE_TOKEN, device.reveal()?))
}

pub fn document() -> Operation {
    Operation::new("login", "Opens a session for an address that has been verified.")
        .header("X-Device-Token", "What an earlier answer gave this device: the way in while strangers try passwords")
        .body::<LoginRequest>(json!({ "email": "ada@example.com", "password": "correct horse battery" }))
        .ok(&AuthResponse::example_of_session())
        .with_headers(&["X-Device-Token"])
        .answer(401, "The credentials do not convince", &AuthResponse::refused(REFUSED))
        .answer(429, "Too many passwords were tried at this address", &AuthResponse::refused(LOCKED))
        .challenged(&AuthResponse::refused(LOCKED))
        .depends()
}

/// `reason` is for the log alone. From a known place it looks like everybody's, as long as everybody else is locked out.
fn refused(reason: &'static str, counted: &Counted, now: Timestamp) -> Reply<AuthResponse> {
    if counted.is_notable() {
        tracing::warn!(event = "locked", "many passwords in a row were wrong at one address");
    }
    if let Some(seconds) = counted.seconds_others_are_locked(now) {
        return locked(reason, seconds);
    }
    tracing::info!(event = "login_refused", reason, "somebody may not sign in");
    Reply::unauthorized(AuthResponse::refused(REFUSED))
}

fn locked(reason: &'static str, seconds: i64) -> Reply<AuthResponse> {
    tracing::info!(event = "login_refused", reason, "somebody may not sign in");
    Reply::too_many_requests(AuthResponse::refused(LOCKED), seconds)
}
