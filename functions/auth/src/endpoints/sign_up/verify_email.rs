//! `POST /auth/verify-email`: redeems a mailed link. This is where an account comes into being.

use std::time::Instant;

use axum::extract::State;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;
use shared::{
    error::Error,
    http::{Body, Fields, Input, Operation, Reply, SecretText},
    link::LinkPurpose,
    now::Now,
};

use crate::{account::Account, address::redeem::Redeemed, sender::Sender, state::Auth};

const VERIFIED: &str = "Your email address is verified. You can sign in now.";
/// The address is proven; the account has no password yet.
pub const CHOOSE_A_PASSWORD: &str =
    "Your email address is verified. Choose a password by the link we have just mailed you.";
/// The address was proven by this very link.
pub const ALREADY_VERIFIED: &str = "Your email address is already verified.";
/// It was, and the account has no password yet.
pub const STILL_CHOOSE_A_PASSWORD: &str =
    "Your email address is already verified. Choose a password by the link we have mailed you.";
const EXPIRED: &str = "This link has expired. Ask for a new one.";
const INVALID: &str = "This link is invalid or has been replaced by a newer one.";

/// The token that a mailed link held.
pub struct VerifyEmailRequest {
    token: SecretText,
}

impl Input for VerifyEmailRequest {
    fn read(mut fields: Fields<'_>) -> Option<Self> {
        let token = fields.required("token", "Verification token from email link");
        Some(Self { token: fields.end()?.of(token)? })
    }
}

/// Whether an address is proven. Every member is always there, null where there is nothing.
#[derive(Serialize, JsonSchema)]
pub struct VerifyEmailResponse {
    /// Whether the address is proven.
    success: bool,
    /// What has happened, in English.
    message: &'static str,
    /// Where the user goes next, if that is configured.
    redirect_url: Option<String>,
    /// Where the user asks for a new link.
    resend_url: Option<String>,
    /// Names the account.
    user_id: Option<String>,
    /// The address that is proven.
    email: Option<String>,
}

/// A link has one effect, however often and however concurrently it is redeemed. The network that it is redeemed in is known from then on.
pub async fn verify_email(
    State(auth): State<Auth>,
    Now(now): Now,
    sender: Sender,
    Body(VerifyEmailRequest { token }): Body<VerifyEmailRequest>,
) -> Result<Reply<VerifyEmailResponse>, Error> {
    let since = Instant::now();
    let secrets = auth.secrets(now).await?;
    let redeemed = match secrets.links.open(LinkPurpose::VerifyEmail, &token.reveal(), now) {
        Some(link) => auth.redeem(link, sender.network(), since, now).await?,
        None => Redeemed::Invalid,
    };
    Ok(match redeemed {
        Redeemed::Verified(account, None) => verified(&auth, &account, VERIFIED),
        Redeemed::Verified(account, Some(_)) => verified(&auth, &account, CHOOSE_A_PASSWORD),
        Redeemed::AlreadyVerified(owner) => match auth.living_account(owner).await? {
            Some(account) => already_verified(&auth, &account),
            None => refused(&auth, INVALID),
        },
        Redeemed::Expired => refused(&auth, EXPIRED),
        Redeemed::Invalid => refused(&auth, INVALID),
    })
}

pub fn document() -> Operation {
    let (id, email) = ("6f1c0c3a-2b47-4c0e-9d5e-2f7f0a4b8a11".to_owned(), "ada@example.com".to_owned());
    let next = Some("https://app.example.com/sign-in".to_owned());
    Operation::new(
        "verify_email",
        "Redeems a mailed link; the account comes into being. A link has one effect, however often it is redeemed.",
    )
    .body::<VerifyEmailRequest>(json!({ "token": "token-from-the-mailed-link" }))
    .ok(&VerifyEmailResponse::proven(VERIFIED, next, id, email))
    .answer(
        400,
        "The link is invalid, has expired or has been replaced",
        &VerifyEmailResponse::unproven(EXPIRED, "https://api.example.com"),
    )
    .depends()
}

fn already_verified(auth: &Auth, account: &Account) -> Reply<VerifyEmailResponse> {
    let message = if account.password.is_some() { ALREADY_VERIFIED } else { STILL_CHOOSE_A_PASSWORD };
    verified(auth, account, message)
}

fn verified(auth: &Auth, account: &Account, message: &'static str) -> Reply<VerifyEmailResponse> {
    // Without a password there is nothing to sign in with yet.
    let next = auth.config.sign_in_url.clone().filter(|_| account.password.is_some());
    let (id, email) = (account.id.to_string(), account.address.as_str().to_owned());
    Reply::ok(VerifyEmailResponse::proven(message, next, id, email))
}

fn refused(auth: &Auth, message: &'static str) -> Reply<VerifyEmailResponse> {
    Reply::bad_request(VerifyEmailResponse::unproven(message, &auth.app.config.app_url))
}

impl VerifyEmailResponse {
    fn proven(message: &'static str, next: Option<String>, id: String, email: String) -> Self {
        Self { success: true, message, redirect_url: next, resend_url: None, user_id: Some(id), email: Some(email) }
    }

    fn unproven(message: &'static str, app_url: &str) -> Self {
        let resend_url = Some(format!("{app_url}/auth/ui/verify-email"));
        Self { success: false, message, redirect_url: None, resend_url, user_id: None, email: None }
    }
}
