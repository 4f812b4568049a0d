//! `POST /auth/not-me`: the owner says of what a letter told that it was somebody else.

use std::time::Instant;

use axum::extract::State;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;
use shared::{
    error::Error,
    http::{Body, Operation, Reply},
    now::Now,
    time::Timestamp,
};

use super::answers::{MailedLinkRequest, MailedLinkResponse};
use crate::{factors::purge::KnownFactor, records::not_me::NotMe, sender::Sender, state::Auth};

const DONE: &str = "Nobody is signed in to your account any more, and its password is dropped. Choose another by the link that we mail you.";
/// Somebody who says so after the account was secured.
pub const HEEDED: &str = "Your account has been secured since that letter was written. Nothing had to be done.";

/// What the word of the owner has come to. Every member is always there, null where there is nothing.
#[derive(Serialize, JsonSchema)]
pub struct NotMeResponse {
    #[serde(flatten)]
    link: MailedLinkResponse,
    /// Second factors that were added since the letter was written and are there still, by age. A letter told of each, and its link removes it.
    added: Vec<FactorAddedSince>,
}

/// A second factor that was added since a letter was written.
#[derive(Serialize, JsonSchema)]
struct FactorAddedSince {
    /// What it is: `totp` or `passkey`.
    kind: &'static str,
    /// What whoever has added it calls a passkey; null for an authenticator app.
    name: Option<String>,
    /// Since when it is a factor.
    #[schemars(extend("format" = "date-time"))]
    created_at: String,
}

impl From<KnownFactor> for FactorAddedSince {
    fn from(KnownFactor { kind, name, created_at }: KnownFactor) -> Self {
        Self { kind, name, created_at: created_at.to_string() }
    }
}

impl NotMeResponse {
    /// There is nothing to sign in with yet, so it leads nowhere.
    fn done(added: Vec<KnownFactor>) -> Self {
        Self::of(MailedLinkResponse::done(DONE, None), added)
    }

    fn heeded(redirect_url: Option<String>, added: Vec<KnownFactor>) -> Self {
        Self::of(MailedLinkResponse::done(HEEDED, redirect_url), added)
    }

    fn refused() -> Self {
        Self::of(MailedLinkResponse::refused(), Vec::new())
    }

    fn of(link: MailedLinkResponse, added: Vec<KnownFactor>) -> Self {
        Self { link, added: added.into_iter().map(FactorAddedSince::from).collect() }
    }
}

/// A link has one effect, however often and however concurrently it comes back.
pub async fn not_me(
    State(auth): State<Auth>,
    Now(now): Now,
    sender: Sender,
    Body(MailedLinkRequest { token }): Body<MailedLinkRequest>,
) -> Result<Reply<NotMeResponse>, Error> {
    let since = Instant::now();
    let secrets = auth.secrets(now).await?;
    let Some(link) = secrets.links.open_not_me(&token.reveal(), now) else {
        return Ok(Reply::bad_request(NotMeResponse::refused()));
    };
    Ok(match auth.not_me(link, &sender, since, now).await? {
        NotMe::Done(added) => Reply::ok(NotMeResponse::done(added)),
        NotMe::Heeded(added) => Reply::ok(NotMeResponse::heeded(auth.config.sign_in_url.clone(), added)),
        NotMe::Void => Reply::bad_request(NotMeResponse::refused()),
    })
}

pub fn document() -> Operation {
    let added = KnownFactor {
        kind: "passkey",
        name: Some("Phone".to_owned()),
        created_at: Timestamp::from_second(1_566_656_122),
    };
    Operation::new(
        "not_me",
        "Takes an account back, by the link in a letter that told of something: sessions and personal tokens end, the password is dropped, devices and \
         networks are forgotten, a deletion or a change of address that is under way is not carried out, the vault shows no secret for a day, \
         and a letter offers a new password. From the former address it also returns the account there. Links live for seven days; \
         one that is older than the last such link, or than the last password that was set by a mailed link, does nothing of that. \
         Second factors stay, but for the one that the letter told of and those that came with a change of address which is undone; \
         the answer lists those that were added since the letter.",
    )
    .tag("Accounts")
    .body::<MailedLinkRequest>(json!({ "token": "token-from-the-mailed-link" }))
    .ok(&NotMeResponse::done(vec![added]))
    .answer(
        200,
        "Done before",
        &NotMeResponse::heeded(Some("https://app.example.com/sign-in".to_owned()), Vec::new()),
    )
    .answer(400, "The link is invalid or has expired", &NotMeResponse::refused())
    .depends()
}
