//! `POST /auth/signup`: keeps a pending sign-up and mails a link. An account comes into being only when the link is redeemed.

use std::time::Instant;

use axum::extract::State;
use serde_json::json;
use shared::{
    email::EmailAddress,
    error::Error,
    http::{Body, Fields, Input, Operation, Reply, SecretText},
};

use crate::{
    address::{Fresh, SignUp},
    answer::AuthResponse,
    records::{Decision, account_created, new_account, post},
    state::Auth,
};

/// Who wants an account.
pub struct SignupRequest {
    email: EmailAddress,
    password: SecretText<8>,
}

impl Input for SignupRequest {
    fn read(mut fields: Fields<'_>) -> Option<Self> {
        let email = fields.required("email", "User email address");
        let password = fields.required("password", "User password (min 8 characters)");
        let values = fields.end()?;
        Some(Self { email: values.of(email)?, password: values.of(password)? })
    }
}

/// The answer is the same whoever owns the address, and so is the work: one Argon2 run, one read, one transaction.
pub async fn signup(
    State(auth): State<Auth>,
    Body(SignupRequest { email, password }): Body<SignupRequest>,
) -> Result<Reply<AuthResponse>, Error> {
    let (since, now, key) = (Instant::now(), auth.app.clock.now(), email.key());
    let password = auth.secrets().await?.passwords.hash_for_sign_up(&password.reveal(), &key, now).await?;
    // A fresh id even for an address that has one: it must tell nothing.
    let (fresh, new) = (Fresh::random()?, SignUp { email, password });
    let confirmed = auth
        .change_record(&key, since, |record, raced| {
            // Whoever got in first with this spelling and password has done all of this.
            if raced && record.has_pending(&new, now) {
                return Ok(Decision::keep(None));
            }
            let letter = record.sign_up(&new, &fresh, now);
            match auth.config.auto_confirm.then(|| record.confirm_unproven(&new, &fresh, now)).flatten() {
                Some(owner) => Ok(Decision::write(Some(owner.clone()), new_account(&owner, now)?)),
                None => Ok(Decision::write(None, vec![post(letter, now)?])),
            }
        })
        .await?;
    tracing::info!(event = "sign_up", "somebody has signed up");
    match confirmed {
        Some(owner) => {
            account_created();
            let signed_in = auth.sign_in(&owner).await?;
            Ok(Reply::ok(signed_in.unwrap_or_else(|| AuthResponse::signed_up(fresh.account, &new.email))))
        }
        None => Ok(Reply::ok(AuthResponse::signed_up(fresh.account, &new.email))),
    }
}

/// What the OpenAPI document says of it.
pub fn operation() -> Operation {
    Operation::new(
        "signup",
        "Keeps a sign-up and mails a link to the address. The account comes into being when the link is redeemed. \
         The answer is the same whoever owns the address.",
    )
    .body::<SignupRequest>(json!({ "email": "ada@example.com", "password": "correct horse battery" }))
    .ok(&AuthResponse::example_of_sign_up())
    .depends()
}
