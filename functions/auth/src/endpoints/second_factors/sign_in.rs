//! `POST /auth/mfa/sign-in/options` and `POST /auth/mfa/sign-in`: a passkey and nothing else for a session.

use std::time::Instant;

use axum::extract::State;
use serde::de::IgnoredAny;
use serde_json::json;
use shared::{
    caller::ClientAddress,
    error::Error,
    http::{Body, Fields, Input, Operation, Reply},
    limits::RateLimit,
    now::Now,
    tables::Row,
};

use super::{
    answers::{MfaAnswer, PasskeyRequest},
    shown::UsedPasskey,
};
use crate::{
    endpoints::auth_response::{AuthResponse, LOCKED},
    factors::{Checked, Shown},
    guard::Guard,
    limits::Group,
    mfa::{challenge::Ceremony, webauthn::RequestOptions},
    records::notice::Telling,
    sender::Sender,
    session::sign_in::Proof,
    state::Auth,
};

/// One text for every reason, so that it tells none.
const REFUSED: &str = "Invalid passkey";
const ASK: &str = "Use a passkey to sign in";

/// What the browser says of a passkey.
pub struct PasskeySignInRequest {
    passkey: UsedPasskey,
}

impl Input for PasskeySignInRequest {
    const ECHOES: bool = false;

    fn read(mut fields: Fields<'_>) -> Option<Self> {
        let passkey = fields.required("passkey", "What the browser says of the passkey, by its `toJSON()`");
        Some(Self { passkey: fields.end()?.of(passkey)? })
    }
}

/// Nothing is asked, so there is nothing to be learnt, and nothing is kept.
pub async fn options(State(auth): State<Auth>, Now(now): Now) -> Result<Reply<MfaAnswer<PasskeyRequest>>, Error> {
    let passkey = auth.ask_for_passkey(&Ceremony::SignIn, now).await?;
    Ok(Reply::ok(MfaAnswer::with(ASK, PasskeyRequest { passkey })))
}

/// A passkey that nobody has, somebody else's and one that was removed cost and say one thing.
pub async fn sign_in(
    State(auth): State<Auth>,
    Now(now): Now,
    client: ClientAddress,
    sender: Sender,
    Body(PasskeySignInRequest { passkey: UsedPasskey(passkey) }): Body<PasskeySignInRequest>,
) -> Result<Reply<AuthResponse>, Error> {
    let since = Instant::now();
    if let RateLimit::Exceeded(seconds) = auth.limit::<IgnoredAny>(Group::Login, &client, now).await? {
        return Ok(Reply::too_many_requests(AuthResponse::refused(LOCKED), seconds));
    }
    let Some(id) = passkey.as_ref().and_then(|passkey| passkey.user_handle()) else {
        return Ok(refused("user_handle"));
    };
    let (shown, told) = (Shown::Passkey(passkey), Telling::of_somebody(sender.origin(), now));
    let (account, guard, checked) = tokio::try_join!(
        auth.account_there(id),
        auth.app.store.get::<Guard>(Row::SessionGuard(id)),
        auth.check_factor(id, &shown, &Ceremony::SignIn, &told, now)
    )?;
    let account = account.filter(|account| account.closed().is_none());
    let proven = match checked {
        Checked::Right(proven) => proven,
        Checked::Wrong(wrong) => return Ok(refused(wrong.reason)),
        Checked::Locked(seconds) => return Ok(Reply::too_many_requests(AuthResponse::refused(LOCKED), seconds)),
    };
    let Some((account, guard)) = account.zip(guard) else { return Ok(refused("closed")) };
    auth.let_in(Proof::by_passkey(&account, proven, now), guard, false, &sender, since, now)
        .await
        .map(|reply| reply.unwrap_or_else(|| refused("meanwhile")))
}

fn refused(reason: &'static str) -> Reply<AuthResponse> {
    tracing::info!(event = "login_refused", reason = "passkey", why = reason, "somebody may not sign in");
    Reply::unauthorized(AuthResponse::refused(REFUSED))
}

pub fn document_options() -> Operation {
    Operation::new(
        "mfa_sign_in_options",
        "What to ask a browser for, so that somebody signs in with a passkey alone. Good for five minutes.",
    )
    .tag(super::TAG)
    .ok(&MfaAnswer::with(ASK, PasskeyRequest { passkey: RequestOptions::example() }))
    .depends()
}

pub fn document() -> Operation {
    Operation::new("mfa_sign_in", "Opens a session for whoever uses a passkey of an account. It is two factors by itself: no password is asked for.")
        .tag(super::TAG)
        .header("X-Device-Token", "What an earlier answer gave this device")
        .body::<PasskeySignInRequest>(json!({ "passkey": {} }))
        .ok(&AuthResponse::example_of_session())
        .with_headers(&["X-Device-Token"])
        .answer(401, "The passkey does not convince", &AuthResponse::refused(REFUSED))
        .answer(429, "Too many were tried by this client", &AuthResponse::refused(LOCKED))
        .depends()
}
