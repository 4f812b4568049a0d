//! `POST /auth/login`: address and password for a session.

use std::time::Instant;

use axum::extract::State;
use compat::email::EmailAddress;
use serde_json::json;
use shared::{
    error::Error,
    http::{Body, Fields, Input, Operation, Reply, SecretText},
    limits::RateLimit,
    now::Now,
    time::Timestamp,
};

use crate::{
    account::Account,
    address::AddressRecord,
    challenge::{Toll, Visitor},
    endpoints::auth_response::AuthResponse,
    guard::Counted,
    limits::Group,
    records::{
        compare::{Compared, Right, Try},
        guarded::GuardedAddress,
    },
    sender::{DEVICE_TOKEN, Sender},
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

/// Unknown, unverified, wrong and locked cost the same: an update that counts the client, three reads, an update that counts the try, and
/// one Argon2 run.
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
    let (key, password, from) = (email.key(), password.reveal(), sender.places());
    let (limit, record) = tokio::join!(auth.limit(Group::Login, visitor.client(), now), auth.record(&key));
    if let RateLimit::Exceeded(seconds) = limit? {
        return Ok(Reply::too_many_requests(AuthResponse::refused(LOCKED), seconds));
    }
    let record = record?;
    let GuardedAddress { account, guard } = auth.guarded_address(&key, &record).await?;
    let attempt = Try { password: &password, from: &from, since, now };
    let Right { account, proof, counted, outdated } = match auth.compare(guard, account.as_ref(), attempt).await? {
        Compared::Right(right) => right,
        Compared::Wrong(counted) => return Ok(refused(why(&record, account.as_ref()), &counted, now)),
        Compared::Locked(seconds) => return Ok(locked("locked", seconds)),
    };
    let (device, arrival) = sender.arrives(counted.clone(), now)?;
    let Some(signed_in) = auth.sign_in(proof, arrival, since).await? else {
        return Ok(refused("changed_meanwhile", &counted, now));
    };
    tracing::info!(event = "login", "somebody has signed in");
    if let Some(outdated) = outdated
        && let Err(error) = auth.rehash(account.id, outdated, &password, now).await
    {
        tracing::warn!(?error, "a password is not hashed anew; its next login tries again");
    }
    auth.flag_weak_password(account, &password, now).await;
    let answer = AuthResponse::signed_in(signed_in, &auth.secrets(now).await?.signer, now)?;
    Ok(Reply::ok(answer).header(DEVICE_TOKEN, device.reveal()?))
}

/// For the log alone.
const fn why(record: &AddressRecord, account: Option<&Account>) -> &'static str {
    match account {
        Some(Account { password: Some(_), .. }) => "wrong_password",
        Some(_) => "no_password",
        None if record.is_pending() => "unverified",
        None => "unknown",
    }
}

pub fn document() -> Operation {
    Operation::new("login", "Opens a session for an address that has been verified.")
        .header("X-Device-Token", "What an earlier answer gave this device: the way in while strangers try passwords")
        .body::<LoginRequest>(json!({ "email": "ada@example.com", "password": "correct horse battery" }))
        .ok(&AuthResponse::example_of_session())
        .with_headers(&["X-Device-Token"])
        .answer(401, "The credentials do not convince", &AuthResponse::refused(REFUSED))
        .answer(429, "Too many passwords were tried at this address, or by this client", &AuthResponse::refused(LOCKED))
        .challenged(&AuthResponse::refused(LOCKED))
        .depends()
}

/// From a known place it looks like everybody's, as long as everybody else is locked out. `reason` is for the log alone.
fn refused(reason: &'static str, counted: &Counted, now: Timestamp) -> Reply<AuthResponse> {
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
