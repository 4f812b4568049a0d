//! `POST /auth/resend-verification`: the mail once more, to the spelling that asks or, where there is an account, to its own.

use std::time::Instant;

use axum::extract::State;
use compat::email::EmailAddress;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;
use shared::{
    error::Error,
    http::{Body, Fields, Input, Operation, Reply},
    language::Accepted,
    now::Now,
};

use crate::{
    address::{Granted, NewIds, Wait},
    challenge::{Toll, Visitor},
    limits::Letters,
    records::{Decision, post},
    state::Auth,
};

/// The address whose letter is asked for again.
pub struct ResendVerificationRequest {
    email: EmailAddress,
}

impl Input for ResendVerificationRequest {
    fn read(mut fields: Fields<'_>) -> Option<Self> {
        let email = fields.required("email", "Email address to resend verification to");
        Some(Self { email: fields.end()?.of(email)? })
    }
}

/// Whether a link may be on its way, in words that are the same for every address.
#[derive(Serialize, JsonSchema)]
pub struct ResendVerificationResponse {
    /// Whether the request was not too soon after the last one.
    success: bool,
    /// What has happened, in English.
    message: &'static str,
    /// Seconds until the next request is allowed.
    #[schemars(with = "Option<i64>")]
    retry_after: i64,
}

/// Says and does the same for every address; `mail` drops the letters that have no recipient.
pub async fn resend_verification(
    State(auth): State<Auth>,
    Now(now): Now,
    visitor: Visitor,
    accepted: Accepted,
    Body(ResendVerificationRequest { email }): Body<ResendVerificationRequest>,
) -> Result<Reply<ResendVerificationResponse>, Error> {
    let (since, new_ids) = (Instant::now(), NewIds::random()?);
    if let Toll::Owed(owed) = auth.limit_letters(Letters::SignUp, &visitor, now).await? {
        return Ok(owed.reply(too_soon));
    }
    let asked = accepted.best_of(&auth.config.languages);
    auth.change_record(&email.key(), since, |record, account, _| {
        match record.resend(&email, account, asked, &new_ids, now) {
            Ok(Granted { letter, next }) => {
                let language = record.language(&email, account, asked);
                Ok(Decision::write(Reply::ok(done(next.seconds)), vec![post(letter, language, now)?]))
            }
            Err(Wait { seconds }) => Ok(Decision::keep(Reply::too_many_requests(too_soon(seconds), seconds))),
        }
    })
    .await
}

fn done(retry_after: i64) -> ResendVerificationResponse {
    let message = "If this address is waiting to be verified, its link is on its way";
    ResendVerificationResponse { success: true, message, retry_after }
}

fn too_soon(retry_after: i64) -> ResendVerificationResponse {
    let message = "Please wait before asking for another link";
    ResendVerificationResponse { success: false, message, retry_after }
}

pub fn document() -> Operation {
    Operation::new(
        "resend_verification",
        "Mails the link once more, at most once a minute and, with the sign-ups, five times an hour. A link that is out stays good. The answer \
         is the same for every address.",
    )
    .body::<ResendVerificationRequest>(json!({ "email": "ada@example.com" }))
    .ok(&done(60))
    .answer(429, "Too soon after the last one, too many within an hour, or too many by this client", &too_soon(42))
    .challenged(&too_soon(60))
    .depends()
}
