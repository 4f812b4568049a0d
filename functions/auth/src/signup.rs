//! `POST /auth/signup`: keeps a pending sign-up and mails a link. An account comes into being only when the link is redeemed.

use std::time::Instant;

use axum::extract::State;
use serde_json::json;
use shared::{
    email::EmailAddress,
    error::Error,
    http::{Body, Fields, Input, Operation, Reply, SecretText},
    now::Now,
};

use crate::{
    address::{NewIds, SignUp},
    answer::AuthResponse,
    records::{Decision, account_created, new_account, post},
    session::sign_in::{NewSession, Proof},
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

/// The answer is the same whoever owns the address, and so is the work: one Argon2 run, two reads, one transaction.
pub async fn signup(
    State(auth): State<Auth>,
    Now(now): Now,
    Body(SignupRequest { email, password }): Body<SignupRequest>,
) -> Result<Reply<AuthResponse>, Error> {
    let (since, key) = (Instant::now(), email.key());
    let secrets = auth.secrets(now).await?;
    let password = secrets.passwords.hash_for_sign_up(&password.reveal(), &key, now).await?;
    // A fresh id even for an address that has one: it must tell nothing.
    let (new_ids, new) = (NewIds::random()?, SignUp { email, password });
    let confirmed = auth
        .change_record(&key, since, |record, account, raced| {
            // Whoever got in first with this spelling and password has done all of this.
            if raced && record.has_pending(&new, now) {
                return Ok(Decision::keep(None));
            }
            let letter = record.sign_up(&new, account, &new_ids, now);
            match auth.config.auto_confirm.then(|| record.confirm_unproven(&new, &new_ids, now)).flatten() {
                Some(account) => {
                    let writes = new_account(&account, now)?;
                    Ok(Decision::write(Some(account), writes))
                }
                None => Ok(Decision::write(None, vec![post(letter, now)?])),
            }
        })
        .await?;
    tracing::info!(event = "sign_up", "somebody has signed up");
    match confirmed {
        Some(account) => {
            account_created();
            match auth.sign_in(Proof::by_making(&account, now)).await? {
                Some(NewSession { session, refresh }) => {
                    AuthResponse::signed_in(&session, refresh, &secrets.signer, now).map(Reply::ok)
                }
                None => Ok(Reply::ok(AuthResponse::signed_up(new_ids.account, &new.email))),
            }
        }
        None => Ok(Reply::ok(AuthResponse::signed_up(new_ids.account, &new.email))),
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
