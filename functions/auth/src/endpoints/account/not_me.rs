//! `POST /auth/not-me`: the owner says of what a letter told that it was somebody else.

use std::time::Instant;

use axum::extract::State;
use serde_json::json;
use shared::{
    error::Error,
    http::{Body, Operation, Reply},
    now::Now,
};

use super::answers::{MailedLinkRequest, MailedLinkResponse};
use crate::{records::not_me::NotMe, sender::Sender, state::Auth};

const DONE: &str = "Nobody is signed in to your account any more, and its password is dropped. Choose another by the link that we mail you.";
const HEEDED: &str = "Your account has been secured since that letter was written. Nothing had to be done.";

/// A link has one effect, however often and however concurrently it comes back.
pub async fn not_me(
    State(auth): State<Auth>,
    Now(now): Now,
    sender: Sender,
    Body(MailedLinkRequest { token }): Body<MailedLinkRequest>,
) -> Result<Reply<MailedLinkResponse>, Error> {
    let since = Instant::now();
    let secrets = auth.secrets(now).await?;
    let Some(link) = secrets.links.open_not_me(&token.reveal(), now) else {
        return Ok(Reply::bad_request(MailedLinkResponse::refused()));
    };
    Ok(match auth.not_me(link, &sender, since, now).await? {
        NotMe::Done => Reply::ok(done()),
        NotMe::Heeded => Reply::ok(MailedLinkResponse::done(HEEDED, auth.config.sign_in_url.clone())),
        NotMe::Void => Reply::bad_request(MailedLinkResponse::refused()),
    })
}

/// There is nothing to sign in with yet.
const fn done() -> MailedLinkResponse {
    MailedLinkResponse::done(DONE, None)
}

pub fn document() -> Operation {
    Operation::new(
        "not_me",
        "Takes an account back, by the link in a letter that told of something: sessions and personal tokens end, the password is dropped, devices and \
         networks are forgotten, a deletion or a change of address that is under way is not carried out, the vault shows no secret for a day, \
         and a letter offers a new password. From the former address it also returns the account there. Links live for seven days; \
         one that is older than the last such link, or than the last password that was set by a mailed link, does nothing.",
    )
    .tag("Accounts")
    .body::<MailedLinkRequest>(json!({ "token": "token-from-the-mailed-link" }))
    .ok(&done())
    .answer(
        200,
        "Done before",
        &MailedLinkResponse::done(HEEDED, Some("https://app.example.com/sign-in".to_owned())),
    )
    .answer(400, "The link is invalid or has expired", &MailedLinkResponse::refused())
    .depends()
}
