//! `POST /auth/reset-password`: sets the password by a mailed link, and ends every session of the account.

use axum::extract::State;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;
use shared::{
    email::AddressKey,
    error::Error,
    http::{Body, Fields, Input, Operation, Reply, SecretText},
    ids::LinkId,
    link::Purpose,
};

use crate::{
    password::PasswordHash,
    records::{Decision, ROUNDS, contended},
    state::Auth,
};

/// What the link held, and the new password.
pub struct ResetPasswordRequest {
    token: SecretText,
    password: SecretText<8>,
}

impl Input for ResetPasswordRequest {
    fn read(fields: &mut Fields) -> Option<Self> {
        let token = fields.required("token", "Token from the mailed link");
        let password = fields.required("password", "The new password (min 8 characters)");
        Some(Self { token: token?, password: password? })
    }
}

/// What became of it.
#[derive(Serialize, JsonSchema)]
pub struct ResetPasswordResponse {
    success: bool,
    message: &'static str,
    /// Where the user goes next.
    redirect_url: Option<String>,
}

/// A link sets one password, however often and however concurrently it is redeemed.
pub async fn reset_password(
    State(auth): State<Auth>,
    Body(ResetPasswordRequest { token, password }): Body<ResetPasswordRequest>,
) -> Result<Reply<ResetPasswordResponse>, Error> {
    let (secrets, now) = (auth.secrets().await?, auth.app.clock.now());
    let Some((address, link)) = secrets.links.open(Purpose::SetPassword, &token.reveal(), now) else {
        return Ok(Reply::bad_request(refused()));
    };
    let password = secrets.passwords.hash(&password.reveal(), now).await?;
    Ok(if set_password(&auth, &address, link, password).await? {
        Reply::ok(done(auth.config.sign_in_url.clone()))
    } else {
        Reply::bad_request(refused())
    })
}

fn done(redirect_url: Option<String>) -> ResetPasswordResponse {
    let message = "Your password is set. You can sign in with it now.";
    ResetPasswordResponse { success: true, message, redirect_url }
}

fn refused() -> ResetPasswordResponse {
    let message = "This link is invalid, has expired or has been used.";
    ResetPasswordResponse { success: false, message, redirect_url: None }
}

/// What the OpenAPI document says of it.
pub fn operation() -> Operation {
    Operation::new("reset_password", "Sets the password by a mailed link and ends every session of the account.")
        .body::<ResetPasswordRequest>(json!({ "token": "token-from-the-mailed-link", "password": "a new password" }))
        .ok(&done(Some("https://app.example.com/sign-in".to_owned())))
        .answer(400, "The link is invalid, has expired or has been used", &refused())
        .depends()
}

/// The new password, the end of the link and the end of every session are one transaction.
async fn set_password(auth: &Auth, address: &AddressKey, link: LinkId, password: PasswordHash) -> Result<bool, Error> {
    let now = auth.app.clock.now();
    for _ in 0..ROUNDS {
        let record = auth.record(address).await?;
        let Some(owner) = record.owner().filter(|_| record.may_set_password(link, now)) else { return Ok(false) };
        let ending = auth.ending_sessions(owner.id, owner.generation + 1).await?;
        let changed = auth.try_change(address, |record| {
            let is_set = record.set_password(link, password.clone(), now).is_some();
            Ok(if is_set { Decision::write(true, ending) } else { Decision::keep(false) })
        });
        if let Some(is_set) = changed.await? {
            return Ok(is_set);
        }
    }
    Err(contended())
}
