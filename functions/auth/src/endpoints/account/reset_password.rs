//! `POST /auth/reset-password`: sets the password by a mailed link, and ends every session and personal token of the account.

use std::time::Instant;

use axum::extract::State;
use compat::validation::Flaw;
use schemars::JsonSchema;
use serde::{Serialize, de::IgnoredAny};
use serde_json::json;
use shared::{
    caller::ClientAddress,
    error::Error,
    http::{Body, Fields, Input, Operation, Reply, SecretText},
    limits::RateLimit,
    link::LinkPurpose,
    now::Now,
};

use crate::{
    limits::Group,
    records::set_password::SetPassword,
    sender::{DEVICE_TOKEN, Sender},
    state::Auth,
};

/// The token that a mailed link held, and the new password.
pub struct ResetPasswordRequest {
    token: SecretText,
    password: SecretText<8>,
}

impl Input for ResetPasswordRequest {
    fn read(mut fields: Fields<'_>) -> Option<Self> {
        let token = fields.required("token", "Token from the mailed link");
        let password = fields.required("password", "The new password (min 8 characters)");
        let values = fields.end()?;
        Some(Self { token: values.of(token)?, password: values.of(password)? })
    }
}

/// Whether the password is set. Every member is always there, null where there is nothing.
#[derive(Serialize, JsonSchema)]
pub struct ResetPasswordResponse {
    /// Whether the password is set.
    success: bool,
    /// What has happened, in English.
    message: &'static str,
    /// Where the user goes next, if that is configured.
    redirect_url: Option<String>,
}

/// A link sets one password, however often and however concurrently it is redeemed. Who repeats the request, because its answer was lost,
/// is told that it went well; who comes with another password is not. The first answer makes the device known that the link was redeemed
/// on. A password that is easy to guess is refused, and the link stays good.
pub async fn reset_password(
    State(auth): State<Auth>,
    Now(now): Now,
    client: ClientAddress,
    sender: Sender,
    Body(ResetPasswordRequest { token, password }): Body<ResetPasswordRequest>,
) -> Result<Reply<ResetPasswordResponse>, Error> {
    let since = Instant::now();
    let secrets = auth.secrets(now).await?;
    let Some(link) = secrets.links.open(LinkPurpose::SetPassword, &token.reveal(), now) else {
        return Ok(Reply::bad_request(refused()));
    };
    // Anybody has links of his own, and each time that one comes a password is hashed, or compared, and asked about.
    if let RateLimit::Exceeded(seconds) = auth.limit::<IgnoredAny>(Group::Login, &client, now).await? {
        return Ok(Reply::too_many_requests(locked(), seconds));
    }
    match auth.set_password(link, &password.reveal(), &sender, since, now).await? {
        SetPassword::Done(device) => {
            let reply = Reply::ok(done(auth.config.sign_in_url.clone()));
            Ok(match device {
                Some(device) => reply.header(DEVICE_TOKEN, device.reveal()?),
                None => reply,
            })
        }
        SetPassword::Locked(seconds) => Ok(Reply::too_many_requests(locked(), seconds)),
        SetPassword::Void => Ok(Reply::bad_request(refused())),
        SetPassword::Weak(weakness) => Err(Error::invalid("body", "password", Flaw::value(weakness.reason()))),
    }
}

fn done(redirect_url: Option<String>) -> ResetPasswordResponse {
    let message = "Your password is set. You can sign in with it now.";
    ResetPasswordResponse { success: true, message, redirect_url }
}

fn refused() -> ResetPasswordResponse {
    let message = "This link is invalid, has expired or has been used.";
    ResetPasswordResponse { success: false, message, redirect_url: None }
}

fn locked() -> ResetPasswordResponse {
    let message = "Too many attempts; try again later.";
    ResetPasswordResponse { success: false, message, redirect_url: None }
}

pub fn document() -> Operation {
    Operation::new(
        "reset_password",
        "Sets the password by a mailed link and ends every session and every personal token of the account. A password that is \
         easy to guess, or was stolen from another service, is refused (422, `value_error`), and the link stays good.",
    )
        .tag("Accounts")
        .header("X-Device-Token", "What an earlier answer gave this device")
        .body::<ResetPasswordRequest>(json!({ "token": "token-from-the-mailed-link", "password": "a new password" }))
        .ok(&done(Some("https://app.example.com/sign-in".to_owned())))
        .with_headers(&["X-Device-Token"])
        .answer(200, "Done before", &done(Some("https://app.example.com/sign-in".to_owned())))
        .answer(400, "The link is invalid, has expired or has been used", &refused())
        .answer(429, "Too many passwords were tried by this client, or at the account of a link that has been used", &locked())
        .depends()
}
