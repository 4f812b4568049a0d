//! `POST /auth/mfa/step-up/options` and `POST /auth/mfa/step-up`: whoever is signed in proves again who is there.

use std::time::Instant;

use axum::extract::State;
use serde::de::IgnoredAny;
use serde_json::json;
use shared::{
    caller::{Caller, ClientAddress},
    error::Error,
    http::{Body, Fields, Input, Operation, Reply, SecretText},
    limits::RateLimit,
    now::Now,
};

use super::{
    answers::{MfaAnswer, PasskeyRequest, RaisedSession},
    refusal::{Refusal, Replied},
    shown::{ShownFactor, ShownFields, several},
};
use crate::{
    factors::StepUp,
    limits::Group,
    mfa::{challenge::Ceremony, webauthn::RequestOptions},
    sender::Sender,
    state::Auth,
};

const ASK: &str = "Use a passkey to confirm that it is you";
const DONE: &str = "Confirmed";

/// What proves who is there: exactly one of these.
pub struct StepUpRequest {
    factor: ShownFactor,
    password: Option<SecretText>,
}

impl Input for StepUpRequest {
    const ECHOES: bool = false;

    fn read(mut fields: Fields<'_>) -> Option<Self> {
        let factor = ShownFields::declare(&mut fields);
        let password = fields.optional("password", "The password of the account, where it has no second factors");
        let values = fields.end()?;
        Some(Self { factor: factor.of(&values)?, password: values.of(password)? })
    }
}

/// What to ask the browser for.
pub async fn options(
    State(auth): State<Auth>,
    Now(now): Now,
    caller: Caller,
) -> Result<Reply<MfaAnswer<PasskeyRequest>>, Error> {
    let ceremony = Ceremony::StepUp { account: caller.account_id(), session: caller.session_id() };
    let passkey = auth.ask_for_passkey(&ceremony, now).await?;
    Ok(Reply::ok(MfaAnswer::with(ASK, PasskeyRequest { passkey })))
}

/// Raises the session; its refresh token stays.
pub async fn step_up(
    State(auth): State<Auth>,
    Now(now): Now,
    caller: Caller,
    client: ClientAddress,
    sender: Sender,
    Body(StepUpRequest { factor, password }): Body<StepUpRequest>,
) -> Replied<MfaAnswer<RaisedSession>> {
    let since = Instant::now();
    let shown = factor.one_or_none()?;
    if let RateLimit::Exceeded(seconds) = auth.limit::<IgnoredAny>(Group::Login, &client, now).await? {
        return Err(Refusal::Locked(seconds));
    }
    let outcome = match (shown, password) {
        (Some(shown), None) => auth.step_up(&caller, &shown, &sender, since, now).await?,
        (None, Some(password)) => auth.step_up_by_password(&caller, &password.reveal(), &sender, since, now).await?,
        _ => return Err(several().into()),
    };
    match outcome {
        StepUp::Done(authentication) => {
            tracing::info!(
                event = "step_up",
                aal = authentication.aal.as_str(),
                "somebody has proven again to be there"
            );
            Ok(Reply::ok(MfaAnswer::with(DONE, RaisedSession::of(&auth, &caller, authentication, now).await?)))
        }
        StepUp::Refused => Err(Refusal::NotConfirmed),
        StepUp::Locked(seconds) => Err(Refusal::Locked(seconds)),
    }
}

pub fn document_options() -> Operation {
    Operation::new(
        "mfa_step_up_options",
        "What to ask a browser for, so that whoever is signed in uses a passkey of the account. Good for five minutes.",
    )
    .tag(super::TAG)
    .protected()
    .ok(&MfaAnswer::with(ASK, PasskeyRequest { passkey: RequestOptions::example() }))
    .depends()
}

pub fn document() -> Operation {
    let operation = Operation::new(
        "mfa_step_up",
        "Proves again who is signed in, where something else asks for that (`STEP_UP_REQUIRED`): for five minutes. Exactly one of `totp`, \
         `passkey`, `recovery_code` and `password`; a password is enough only where the account has no second factors.",
    )
    .tag(super::TAG)
    .protected()
    .body::<StepUpRequest>(json!({ "totp": "492039" }))
    .ok(&MfaAnswer::with(DONE, RaisedSession::example()));
    let operation = Refusal::NotConfirmed.of(operation);
    Refusal::Locked(60).of(operation).depends()
}
