//! `POST /auth/change-email`: asks for another address, which has to be proven before the account has it.

use std::time::Instant;

use axum::extract::State;
use compat::email::EmailAddress;
use serde::de::IgnoredAny;
use serde_json::json;
use shared::{
    caller::Caller,
    error::Error,
    http::{Body, Fields, Input, Operation, Reply, SecretText},
    limits::RateLimit,
    now::Now,
};

use super::answers::AccountChangeResponse;
use crate::{
    challenge::{Toll, Visitor},
    limits::{Group, Letters},
    records::change_email::ChangeEmail,
    sender::Sender,
    state::Auth,
};

const SAME: &str = "This is your address already.";
const TOO_EARLY: &str = "Your address has changed of late. It can change again once that cannot be undone any more.";
const TOO_OFTEN: &str = "Please wait before asking for another letter.";

/// The address that the account is to have, and what proves that its owner asks.
pub struct ChangeEmailRequest {
    new_email: EmailAddress,
    current_password: Option<SecretText>,
}

impl Input for ChangeEmailRequest {
    const ECHOES: bool = false;

    fn read(mut fields: Fields<'_>) -> Option<Self> {
        let new_email = fields.required("new_email", "The address that the account is to have");
        let current = fields.optional("current_password", "The password; null where the account has none");
        let values = fields.end()?;
        Some(Self { new_email: values.of(new_email)?, current_password: values.of(current)? })
    }
}

/// Says and does the same whoever owns the new address. Letters to strangers are bounded by client, by account, by address, and all
/// together.
pub async fn change_email(
    State(auth): State<Auth>,
    Now(now): Now,
    caller: Caller,
    visitor: Visitor,
    sender: Sender,
    Body(ChangeEmailRequest { new_email, current_password }): Body<ChangeEmailRequest>,
) -> Result<Reply<AccountChangeResponse>, Error> {
    let since = Instant::now();
    caller.confirmed(now)?;
    if let RateLimit::Exceeded(seconds) = auth.limit::<IgnoredAny>(Group::Login, visitor.client(), now).await? {
        return Ok(Reply::too_many_requests(AccountChangeResponse::too_many(), seconds));
    }
    if let Toll::Owed(owed) = auth.limit_letters(Letters::Forgot, &visitor, now).await? {
        return Ok(owed.reply(|_| AccountChangeResponse::refused(TOO_OFTEN)));
    }
    let current = current_password.map(SecretText::reveal);
    let current = current.as_ref().map(|current| current.as_str());
    Ok(match auth.change_email(&caller, &new_email, current, &sender, since, now).await? {
        ChangeEmail::Asked => Reply::ok(asked()),
        ChangeEmail::NotProven(not_proven) => not_proven.reply(AccountChangeResponse::refused),
        ChangeEmail::Same => Reply::bad_request(AccountChangeResponse::refused(SAME)),
        ChangeEmail::TooEarly => Reply::conflict(AccountChangeResponse::refused(TOO_EARLY)),
        ChangeEmail::TooOften(seconds) => Reply::too_many_requests(AccountChangeResponse::refused(TOO_OFTEN), seconds),
    })
}

const fn asked() -> AccountChangeResponse {
    AccountChangeResponse::done("If this address is free, a letter with a link is on its way to it.")
}

pub fn document() -> Operation {
    let too_often = AccountChangeResponse::refused(TOO_OFTEN);
    Operation::new(
        "change_email",
        "Mails a link to another address, which the account has once that link comes back, within an hour; of several that were asked for \
         it may get the last. The present address is told at once. The answer is the same whoever owns the new one. Another spelling of \
         the present address is no other address. While an earlier change can be undone, for seven days, there is no other.",
    )
    .tag("Accounts")
    .header("X-Device-Token", "What an earlier answer gave this device: the way in while strangers try passwords")
    .body::<ChangeEmailRequest>(json!({ "new_email": "ada@example.org", "current_password": "the present password" }))
    .confirmed()
    .ok(&asked())
    .answer(400, "The new address is the present one, in whichever spelling", &AccountChangeResponse::refused(SAME))
    .answer(403, "The current password is another one", &AccountChangeResponse::wrong())
    .answer(409, "An earlier change can still be undone", &AccountChangeResponse::refused(TOO_EARLY))
    .answer(429, "Too many passwords were tried, or too many letters asked for", &too_often)
    .challenged(&too_often)
    .depends()
}
