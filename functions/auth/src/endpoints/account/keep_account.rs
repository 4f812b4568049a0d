//! `POST /auth/keep-account`: an account that is to be deleted stays, by a mailed link.

use std::time::Instant;

use axum::extract::State;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;
use shared::{
    caller::Origin,
    error::Error,
    events::{By, Circumstances},
    http::{Body, Fields, Input, Operation, Reply, SecretText},
    link::LinkPurpose,
    now::Now,
};

use crate::state::Auth;

/// The token that a mailed link held.
pub struct KeepAccountRequest {
    token: SecretText,
}

impl Input for KeepAccountRequest {
    fn read(mut fields: Fields<'_>) -> Option<Self> {
        let token = fields.required("token", "Token from the mailed link");
        Some(Self { token: fields.end()?.of(token)? })
    }
}

/// Whether the account stays. Every member is always there, null where there is nothing.
#[derive(Serialize, JsonSchema)]
pub struct KeepAccountResponse {
    /// Whether the account stays.
    success: bool,
    /// What has happened, in English.
    message: &'static str,
    /// Where the user goes next, if that is configured.
    redirect_url: Option<String>,
}

/// A link keeps an account once, however often and however concurrently it is redeemed; and not once its deletion has begun.
pub async fn keep_account(
    State(auth): State<Auth>,
    Now(now): Now,
    origin: Origin,
    Body(KeepAccountRequest { token }): Body<KeepAccountRequest>,
) -> Result<Reply<KeepAccountResponse>, Error> {
    let since = Instant::now();
    let secrets = auth.secrets(now).await?;
    let stays = match secrets.links.open(LinkPurpose::KeepAccount, &token.reveal(), now) {
        Some(link) => auth.keep_account(link, Circumstances::of(&origin, By::Link, now), since).await?,
        None => false,
    };
    Ok(if stays { Reply::ok(kept(auth.config.sign_in_url.clone())) } else { Reply::bad_request(refused()) })
}

fn kept(redirect_url: Option<String>) -> KeepAccountResponse {
    KeepAccountResponse { success: true, message: "Your account stays. You can sign in again.", redirect_url }
}

fn refused() -> KeepAccountResponse {
    let message = "This link is invalid, or the account is being deleted and cannot be kept any more.";
    KeepAccountResponse { success: false, message, redirect_url: None }
}

pub fn document() -> Operation {
    Operation::new("keep_account", "Keeps an account that is to be deleted, by a mailed link. Again, it says the same.")
        .tag("Accounts")
        .body::<KeepAccountRequest>(json!({ "token": "token-from-the-mailed-link" }))
        .ok(&kept(Some("https://app.example.com/sign-in".to_owned())))
        .answer(400, "The link is good for nothing", &refused())
        .depends()
}
