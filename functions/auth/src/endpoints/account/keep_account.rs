//! `POST /auth/keep-account`: an account that is to be deleted stays, by a mailed link.

use std::time::Instant;

use axum::extract::State;
use serde_json::json;
use shared::{
    caller::Origin,
    error::Error,
    http::{Body, Operation, Reply},
    link::LinkPurpose,
    now::Now,
};

use super::answers::{MailedLinkRequest, MailedLinkResponse};
use crate::{records::notice::Telling, state::Auth};

const REFUSED: &str = "This link is invalid, or the account is being deleted and cannot be kept any more.";

/// A link keeps an account once, however often and however concurrently it is redeemed; and not once its deletion has begun.
pub async fn keep_account(
    State(auth): State<Auth>,
    Now(now): Now,
    origin: Origin,
    Body(MailedLinkRequest { token }): Body<MailedLinkRequest>,
) -> Result<Reply<MailedLinkResponse>, Error> {
    let since = Instant::now();
    let secrets = auth.secrets(now).await?;
    let stays = match secrets.links.open(LinkPurpose::KeepAccount, &token.reveal(), now) {
        Some(link) => auth.keep_account(link, &Telling::of_link(&origin, now), since).await?,
        None => false,
    };
    Ok(if stays {
        Reply::ok(kept(auth.config.sign_in_url.clone()))
    } else {
        Reply::bad_request(MailedLinkResponse::refused_as(REFUSED))
    })
}

const fn kept(redirect_url: Option<String>) -> MailedLinkResponse {
    MailedLinkResponse::done("Your account stays. You can sign in again.", redirect_url)
}

pub fn document() -> Operation {
    Operation::new("keep_account", "Keeps an account that is to be deleted, by a mailed link. Again, it says the same.")
        .tag("Accounts")
        .body::<MailedLinkRequest>(json!({ "token": "token-from-the-mailed-link" }))
        .ok(&kept(Some("https://app.example.com/sign-in".to_owned())))
        .answer(400, "The link is good for nothing", &MailedLinkResponse::refused_as(REFUSED))
        .depends()
}
