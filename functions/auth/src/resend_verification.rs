//! `POST /auth/resend-verification`: the mail once more, at most once a minute.

use axum::extract::State;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;
use shared::{
    email::EmailAddress,
    error::Error,
    http::{Body, Fields, Input, Operation, Reply},
    ids::LinkId,
};

use crate::{
    address::RESEND_COOLDOWN,
    records::{Decision, post},
    state::Auth,
};

/// Whose mail.
pub struct ResendVerificationRequest {
    email: EmailAddress,
}

impl Input for ResendVerificationRequest {
    fn read(fields: &mut Fields) -> Option<Self> {
        Some(Self { email: fields.required("email", "Email address to resend verification to")? })
    }
}

/// What became of it.
#[derive(Serialize, JsonSchema)]
pub struct ResendVerificationResponse {
    success: bool,
    message: &'static str,
    /// Seconds until the next one is allowed.
    #[schemars(with = "Option<i64>")]
    retry_after: i64,
}

/// Says and does the same for every address; `mail` drops the letters that have no recipient.
pub async fn resend_verification(
    State(auth): State<Auth>,
    Body(ResendVerificationRequest { email }): Body<ResendVerificationRequest>,
) -> Result<Reply<ResendVerificationResponse>, Error> {
    let (now, link) = (auth.app.clock.now(), LinkId::random()?);
    let sent = auth
        .change_record(&email.key(), |record, _| match record.resend(link, now) {
            Ok(letter) => Ok(Decision::write(Ok(()), vec![post(letter, now)?])),
            Err(seconds) => Ok(Decision::keep(Err(seconds))),
        })
        .await?;
    Ok(match sent {
        Ok(()) => Reply::ok(accepted()),
        Err(seconds) => Reply::too_many_requests(too_soon(seconds), seconds),
    })
}

fn accepted() -> ResendVerificationResponse {
    let message = "If this address is waiting to be verified, a new link is on its way";
    ResendVerificationResponse { success: true, message, retry_after: RESEND_COOLDOWN.as_secs().cast_signed() }
}

fn too_soon(retry_after: i64) -> ResendVerificationResponse {
    let message = "Please wait before asking for another link";
    ResendVerificationResponse { success: false, message, retry_after }
}

/// What the OpenAPI document says of it.
pub fn operation() -> Operation {
    Operation::new(
        "resend_verification",
        "Mails the link once more, at most once a minute. The answer is the same for every address.",
    )
    .body::<ResendVerificationRequest>(json!({ "email": "ada@example.com" }))
    .ok(&accepted())
    .answer(429, "Too soon after the last one", &too_soon(42))
    .depends()
}
