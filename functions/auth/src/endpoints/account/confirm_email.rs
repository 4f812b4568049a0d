//! `POST /auth/confirm-email`: the account has the address that a mailed link proves.

use std::time::Instant;

use axum::extract::State;
use serde_json::json;
use shared::{
    error::Error,
    http::{Body, Operation, Reply},
    link::LinkPurpose,
    now::Now,
};

use super::answers::{MailedLinkRequest, MailedLinkResponse};
use crate::{records::confirm_email::ConfirmEmail, sender::Sender, state::Auth};

/// A link has one effect, however often and however concurrently it is redeemed.
pub async fn confirm_email(
    State(auth): State<Auth>,
    Now(now): Now,
    sender: Sender,
    Body(MailedLinkRequest { token }): Body<MailedLinkRequest>,
) -> Result<Reply<MailedLinkResponse>, Error> {
    let since = Instant::now();
    let secrets = auth.secrets(now).await?;
    let Some(link) = secrets.links.open(LinkPurpose::ChangeEmail, &token.reveal(), now) else {
        return Ok(Reply::bad_request(MailedLinkResponse::refused()));
    };
    Ok(match auth.confirm_email(link, &sender, since, now).await? {
        ConfirmEmail::Done => Reply::ok(done(auth.config.sign_in_url.clone())),
        ConfirmEmail::Void => Reply::bad_request(MailedLinkResponse::refused()),
    })
}

const fn done(redirect_url: Option<String>) -> MailedLinkResponse {
    MailedLinkResponse::done("Your account has its new address. Sign in with it.", redirect_url)
}

pub fn document() -> Operation {
    Operation::new(
        "confirm_email",
        "Gives an account the address that a mailed link proves, and ends every session and every personal token of it. A letter to the \
         former address offers it back, for seven days. A link has one effect, however often it is redeemed.",
    )
    .tag("Accounts")
    .body::<MailedLinkRequest>(json!({ "token": "token-from-the-mailed-link" }))
    .ok(&done(Some("https://app.example.com/sign-in".to_owned())))
    .answer(400, "The link is invalid, has expired or has been replaced", &MailedLinkResponse::refused())
    .depends()
}
