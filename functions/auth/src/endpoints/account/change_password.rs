//! `POST /auth/change-password`: another password, by the current one.

use std::time::Instant;

use axum::extract::State;
use compat::validation::Flaw;
use serde::de::IgnoredAny;
use serde_json::json;
use shared::{
    caller::{Caller, ClientAddress},
    error::Error,
    http::{Body, Fields, Input, Operation, Reply, SecretText, Switch},
    limits::RateLimit,
    now::Now,
};

use super::answers::AccountChangeResponse;
use crate::{
    limits::Group,
    records::change_password::{ChangePassword, Replacement},
    sender::Sender,
    state::Auth,
};

const SAME: &str = "This is your password already.";

/// The password as it is and as it is to be, and whether programs go on.
pub struct ChangePasswordRequest {
    current_password: Option<SecretText>,
    new_password: SecretText<8>,
    keep_apps: bool,
}

impl Input for ChangePasswordRequest {
    const ECHOES: bool = false;

    fn read(mut fields: Fields<'_>) -> Option<Self> {
        let current = fields.optional("current_password", "The password as it is; null where the account has none");
        let new = fields.required("new_password", "The new password (min 8 characters)");
        let keep_apps =
            fields.optional("keep_apps", "Whether apps and personal tokens stay as they are; false by default");
        let values = fields.end()?;
        Some(Self {
            current_password: values.of(current)?,
            new_password: values.of(new)?,
            keep_apps: values.of(keep_apps)?.is_some_and(|Switch(on)| on),
        })
    }
}

/// A wrong current password counts as it does where somebody signs in.
pub async fn change_password(
    State(auth): State<Auth>,
    Now(now): Now,
    caller: Caller,
    client: ClientAddress,
    sender: Sender,
    Body(ChangePasswordRequest { current_password, new_password, keep_apps }): Body<ChangePasswordRequest>,
) -> Result<Reply<AccountChangeResponse>, Error> {
    let since = Instant::now();
    caller.confirmed(now)?;
    if let RateLimit::Exceeded(seconds) = auth.limit::<IgnoredAny>(Group::Login, &client, now).await? {
        return Ok(Reply::too_many_requests(AccountChangeResponse::too_many(), seconds));
    }
    let (current, new) = (current_password.map(SecretText::reveal), new_password.reveal());
    let replacement = Replacement { current: current.as_ref().map(|current| current.as_str()), new: &new, keep_apps };
    Ok(match auth.change_password(&caller, replacement, &sender, since, now).await? {
        ChangePassword::Done => Reply::ok(done()),
        ChangePassword::NotProven(not_proven) => not_proven.reply(AccountChangeResponse::refused),
        ChangePassword::Same => Reply::bad_request(AccountChangeResponse::refused(SAME)),
        ChangePassword::Weak(weakness) => {
            return Err(Error::invalid("body", "new_password", Flaw::value(weakness.reason())));
        }
    })
}

const fn done() -> AccountChangeResponse {
    AccountChangeResponse::done("Your password is the new one. Everybody else is signed out.")
}

pub fn document() -> Operation {
    Operation::new(
        "change_password",
        "Replaces the password, by the current one, and ends every session of the account but the one that asks, and, \
         unless `keep_apps` is true, every personal token. A password that is easy to guess, or was stolen from another service, is \
         refused (422, `value_error`). Wrong current passwords count as they do at sign-in. An account without a password needs a \
         sign-in of the last five minutes instead.",
    )
    .tag("Accounts")
    .header("X-Device-Token", "What an earlier answer gave this device: the way in while strangers try passwords")
    .body::<ChangePasswordRequest>(json!({ "current_password": "the present password", "new_password": "a new password" }))
    .confirmed()
    .ok(&done())
    .answer(400, "The new password is the current one", &AccountChangeResponse::refused(SAME))
    .answer(403, "The current password is another one", &AccountChangeResponse::wrong())
    .answer(429, "Too many passwords were tried by this client, or at this account", &AccountChangeResponse::too_many())
    .depends()
}
