//! `POST /auth/forgot-password`: mails an account a link that sets a new password.

use std::time::Instant;

use axum::extract::State;
use compat::email::EmailAddress;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;
use shared::{
    error::Error,
    http::{Body, Fields, Input, Operation, Reply},
    ids::LinkId,
    language::Accepted,
    now::Now,
};

use crate::{
    address::{Granted, Wait},
    challenge::{Toll, Visitor},
    limits::Letters,
    records::{Decision, post},
    state::Auth,
};

/// The address of the account whose password is forgotten.
pub struct ForgotPasswordRequest {
    email: EmailAddress,
}

impl Input for ForgotPasswordRequest {
    fn read(mut fields: Fields<'_>) -> Option<Self> {
        let email = fields.required("email", "Email address of the account");
        Some(Self { email: fields.end()?.of(email)? })
    }
}

/// Whether a link may be on its way, in words that are the same for every address.
#[derive(Serialize, JsonSchema)]
pub struct ForgotPasswordResponse {
    /// Whether the request was not too soon after the last one.
    success: bool,
    /// What has happened, in English.
    message: &'static str,
    /// Seconds until the next request is allowed.
    #[schemars(with = "Option<i64>")]
    retry_after: i64,
}

/// Says and does the same for every address; `mail` drops the letters that have no recipient.
pub async fn forgot_password(
    State(auth): State<Auth>,
    Now(now): Now,
    visitor: Visitor,
    accepted: Accepted,
    Body(ForgotPasswordRequest { email }): Body<ForgotPasswordRequest>,
) -> Result<Reply<ForgotPasswordResponse>, Error> {
    let (since, offer) = (Instant::now(), LinkId::random()?);
    if let Toll::Owed(owed) = auth.limit_letters(Letters::Forgot, &visitor, now).await? {
        return Ok(owed.reply(too_soon));
    }
    let asked = accepted.best_of(&auth.config.languages);
    auth.change_record(&email.key(), since, |record, account, _| match record.forgot(&email, account, offer, now) {
        Ok(Granted { letter, next }) => {
            let language = record.language(&email, account, asked);
            Ok(Decision::write(Reply::ok(done(next.seconds)), vec![post(letter, language, now)?]))
        }
        Err(Wait { seconds }) => Ok(Decision::keep(Reply::too_many_requests(too_soon(seconds), seconds))),
    })
    .await
}

fn done(retry_after: i64) -> ForgotPasswordResponse {
    let message = "If this address has an account, a link to choose a new password is on its way";
    ForgotPasswordResponse { success: true, message, retry_after }
}

fn too_soon(retry_after: i64) -> ForgotPasswordResponse {
    let message = "Please wait before asking for another link";
    ForgotPasswordResponse { success: false, message, retry_after }
}

pub fn document() -> Operation {
    Operation::new(
        "forgot_password",
        "Mails a link that sets a new password, at most once a minute and five times an hour. A link that is out stays good, and so do \
         password and sessions until it is used. The answer is the same for every address.",
    )
    .tag("Accounts")
    .body::<ForgotPasswordRequest>(json!({ "email": "ada@example.com" }))
    .ok(&done(60))
    .answer(429, "Too soon after the last one, too many within an hour, or too many by this client", &too_soon(42))
    .challenged(&too_soon(60))
    .depends()
}
