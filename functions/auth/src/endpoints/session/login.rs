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
    account::{Account, Closed},
    address::AddressRecord,
    challenge::{Owed, Toll, Visitor},
    endpoints::auth_response::{AuthResponse, LOCKED},
    factors::Factors,
    guard::{Counted, Standing},
    limits::{Group, stuffing::SignIns},
    mfa::pending::Pending,
    records::{
        compare::{Compared, Right, Try},
        guarded::GuardedAddress,
    },
    sender::Sender,
    state::Auth,
};

/// One text for every reason, so that it tells none.
const REFUSED: &str = "Invalid email or password, or email not verified";
/// For whoever has the right password of an account that operators have suspended.
const SUSPENDED: &str = "This account is suspended";

/// For whoever has the right password of an account that is to be deleted.
const ENDING: &str = "This account is being deleted; a mail lets you keep it";

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

/// Unknown, unverified, wrong and locked cost the same: an update that counts the client, three reads, an update that counts the try, one
/// Argon2 run, and an update that notes the failure.
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
    let (limit, record) = tokio::join!(auth.limit_or_charge::<SignIns>(Group::Login, &visitor, now), auth.record(&key));
    let before = match limit? {
        Toll::Paid(sign_ins) => sign_ins,
        Toll::Owed(owed) => return Ok(owed.reply(|_| AuthResponse::refused(LOCKED))),
    };
    let (record, (standing, owed)) = (record?, auth.standing(&before, &visitor, now).await?);
    let GuardedAddress { account, guard } = auth.guarded_address(&key, &record).await?;
    let origin = sender.origin();
    let attempt = Try { password: &password, from: &from, client: standing, origin, since, now };
    let refused = match auth.compare(guard, account.as_ref(), attempt).await? {
        Compared::Right(Right { account, counted, .. }) if let Some(closed) = account.closed() => {
            auth.take_back(account.id, counted, since).await?;
            return Ok(turned_away(closed));
        }
        Compared::Right(right) if let Some(factors) = right.counted.change.guard.owes_factor(&from, now) => {
            return second_factor(&auth, right, factors, &password, &sender, since, now).await;
        }
        Compared::Right(right) => {
            let seconds = right.counted.others_locked;
            match sign_in(&auth, right, &password, &sender, since, now).await? {
                Some(reply) => return Ok(reply),
                None => Refused { reason: "changed_meanwhile", seconds },
            }
        }
        Compared::Wrong(Counted { others_locked, .. }) => {
            Refused { reason: why(&record, account.as_ref()), seconds: others_locked }
        }
        Compared::Locked(seconds) => Refused { reason: locked_by(standing), seconds: Some(seconds) },
    };
    auth.sign_in_failed(visitor.client(), &before, &key, now).await?;
    Ok(refused.reply(owed))
}

/// A session for whoever has the right password; `None` when the account has changed meanwhile.
async fn sign_in(
    auth: &Auth,
    Right { account, proof, counted, outdated }: Right<'_>,
    password: &str,
    sender: &Sender,
    since: Instant,
    now: Timestamp,
) -> Result<Option<Reply<AuthResponse>>, Error> {
    let (device, arrival) = sender.arrives(counted, now)?;
    let Some(signed_in) = auth.sign_in(proof, arrival, since).await? else { return Ok(None) };
    auth.after_password(account, outdated, password, Some(signed_in.session.id), sender.origin(), now).await;
    auth.enters(signed_in, device, now).await.map(Some)
}

/// Asks for a second factor, whoever has the right password. All that needs the password is done now, for nobody has it afterwards.
async fn second_factor(
    auth: &Auth,
    Right { account, counted, outdated, .. }: Right<'_>,
    factors: Factors,
    password: &str,
    sender: &Sender,
    since: Instant,
    now: Timestamp,
) -> Result<Reply<AuthResponse>, Error> {
    let pending = Pending::new(account.id, counted.change.guard.generation, now)?;
    let ((), factors) =
        tokio::try_join!(auth.take_back(account.id, counted, since), auth.usable_factors(account.id, factors))?;
    auth.after_password(account, outdated, password, None, sender.origin(), now).await;
    tracing::info!(event = "mfa_asked", "somebody is asked for a second factor");
    AuthResponse::second_factor(auth, &pending, factors, now).await.map(Reply::unauthorized)
}

/// Somebody whose password is right, and who is told why it does not help.
fn turned_away(closed: Closed) -> Reply<AuthResponse> {
    let (reason, told) = match closed {
        Closed::Banned => ("banned", SUSPENDED),
        Closed::Ending => ("ending", ENDING),
    };
    tracing::info!(event = "login_refused", reason, "somebody may not sign in");
    Reply::forbidden(AuthResponse::refused(told))
}

/// Somebody who is not let in.
struct Refused {
    /// For the log alone.
    reason: &'static str,
    /// For how many seconds whoever does not come from a known place may try nothing: then a wrong password looks like any other.
    seconds: Option<i64>,
}

const fn locked_by(client: Standing) -> &'static str {
    match client {
        Standing::Usual => "locked",
        Standing::Burnt(_) => "burnt",
    }
}

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
        .answer(
            401,
            "The password is right, and a second factor has to be shown",
            &AuthResponse::example_of_second_factor(),
        )
        .answer(
            403,
            "The password is right, and the account is suspended or is being deleted",
            &AuthResponse::refused(ENDING),
        )
        .answer(429, "Too many passwords were tried at this address, or by this client", &AuthResponse::refused(LOCKED))
        .challenged(&AuthResponse::refused(LOCKED))
        .depends()
}

impl Refused {
    /// A client that owes a challenge is told so whatever the reason is.
    fn reply(self, owed: Option<Owed>) -> Reply<AuthResponse> {
        tracing::info!(event = "login_refused", reason = self.reason, "somebody may not sign in");
        if let Some(owed) = owed {
            return owed.reply(|_| AuthResponse::refused(LOCKED));
        }
        match self.seconds {
            Some(seconds) => Reply::too_many_requests(AuthResponse::refused(LOCKED), seconds),
            None => Reply::unauthorized(AuthResponse::refused(REFUSED)),
        }
    }
}
