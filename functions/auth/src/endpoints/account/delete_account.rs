//! `POST /auth/delete-account`: the account is to be deleted, in a week.

use std::time::Instant;

use axum::extract::State;
use schemars::JsonSchema;
use serde::{Serialize, de::IgnoredAny};
use serde_json::json;
use shared::{
    caller::{Caller, ClientAddress, Origin},
    error::Error,
    events::{By, Circumstances},
    http::{Body, Fields, Input, Operation, Reply, SecretText},
    limits::RateLimit,
    now::Now,
    time::Timestamp,
};

use super::answers::{TOO_MANY, WRONG};
use crate::{limits::Group, records::ending::Deletion, sender::Sender, state::Auth};

/// The password of the account that is to be deleted.
pub struct DeleteAccountRequest {
    current_password: Option<SecretText>,
}

impl Input for DeleteAccountRequest {
    fn read(mut fields: Fields<'_>) -> Option<Self> {
        let current_password = fields.optional("current_password", "The account's password; null where it has none");
        Some(Self { current_password: fields.end()?.of(current_password)? })
    }
}

/// Whether the account is to be deleted, and when. Every member is always there, null where there is nothing.
#[derive(Serialize, JsonSchema)]
pub struct DeleteAccountResponse {
    /// Whether the account is to be deleted.
    success: bool,
    /// What has happened, in English.
    message: &'static str,
    /// When it is deleted; a mailed link keeps it until then.
    #[schemars(extend("format" = "date-time"))]
    deletes_at: Option<String>,
}

/// Every session and every personal token ends at once, and a letter brings the link that keeps the account. What is deleted then, and in which order: `endings.rs`.
pub async fn delete_account(
    State(auth): State<Auth>,
    caller: Caller,
    Now(now): Now,
    client: ClientAddress,
    origin: Origin,
    sender: Sender,
    Body(DeleteAccountRequest { current_password }): Body<DeleteAccountRequest>,
) -> Result<Reply<DeleteAccountResponse>, Error> {
    let since = Instant::now();
    caller.confirmed(now)?;
    // Each time a password is hashed, also where its account is locked.
    if let RateLimit::Exceeded(seconds) = auth.limit::<IgnoredAny>(Group::Login, &client, now).await? {
        return Ok(Reply::too_many_requests(refused(TOO_MANY), seconds));
    }
    let (password, circumstances) =
        (current_password.map(SecretText::reveal), Circumstances::of(&origin, By::User, now));
    let password = password.as_ref().map(|password| password.as_str());
    Ok(match auth.delete_account(&caller, password, &sender, circumstances, since).await? {
        Deletion::Due(at) => Reply::ok(done(at)),
        Deletion::NotProven(not_proven) => not_proven.reply(refused),
        Deletion::NotNow => Reply::conflict(refused(NOT_NOW)),
    })
}

const NOT_NOW: &str = "A change of address can still be undone, or the account is being deleted already.";

fn done(at: Timestamp) -> DeleteAccountResponse {
    let message = "Your account is going to be deleted. Until then a mailed link lets you keep it.";
    DeleteAccountResponse { success: true, message, deletes_at: Some(at.to_string()) }
}

const fn refused(message: &'static str) -> DeleteAccountResponse {
    DeleteAccountResponse { success: false, message, deletes_at: None }
}

pub fn document() -> Operation {
    Operation::new(
        "delete_account",
        "Has the account deleted in seven days and ends every session and every personal token at once. A mailed link keeps it until \
         then. Where the account has no password, `current_password` is null and the session must have been signed in to within the last five minutes.",
    )
    .tag("Accounts")
    .confirmed()
    .body::<DeleteAccountRequest>(json!({ "current_password": "the present password" }))
    .ok(&done(Timestamp::from_second(1_795_341_600)))
    .answer(403, "The password is wrong", &refused(WRONG))
    .answer(409, "A change of address can still be undone, or the account is being deleted already", &refused(NOT_NOW))
    .answer(429, "Too many passwords were tried by this client, or at this account", &refused(TOO_MANY))
    .depends()
}
