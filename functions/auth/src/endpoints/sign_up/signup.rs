//! `POST /auth/signup`: keeps a pending sign-up and mails a link. An account comes into being only when the link is redeemed.

use std::time::Instant;

use axum::extract::State;
use compat::email::EmailAddress;
use serde_json::json;
use shared::{
    error::Error,
    http::{Body, Fields, Input, Operation, Reply, SecretText},
    language::Accepted,
    now::Now,
};

use crate::{
    address::{NewIds, sign_up::SignUp},
    challenge::{Toll, Visitor},
    endpoints::auth_response::AuthResponse,
    limits::Letters,
    password::weak::{Personal, Weakness},
    session::sign_in::{Arrival, Proof},
    state::Auth,
};

/// For every address alike.
const CLOSED: &str = "Sign-up is closed at the moment";

const TOO_MANY: &str = "Too many requests; try again later";

/// The address and the password of somebody who wants an account.
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

/// The answer is the same whoever owns the address, and so is the work: one Argon2 run, and beside it a question to who knows stolen
/// passwords, two reads, one transaction. So it is for a password that is easy to guess or was stolen: the account will be there without
/// one, and a letter says why.
pub async fn signup(
    State(auth): State<Auth>,
    Now(now): Now,
    visitor: Visitor,
    accepted: Accepted,
    Body(SignupRequest { email, password }): Body<SignupRequest>,
) -> Result<Reply<AuthResponse>, Error> {
    let (since, new_ids) = (Instant::now(), NewIds::random()?);
    if auth.app.switches(now).await?.sign_up_closed {
        return Ok(Reply::forbidden(AuthResponse::refused(CLOSED)));
    }
    if let Toll::Owed(owed) = auth.limit_letters(Letters::SignUp, &visitor, now).await? {
        return Ok(owed.reply(|_| AuthResponse::refused(TOO_MANY)));
    }
    let password = password.reveal();
    let is_weak = Weakness::of(&password, &Personal::new(&email, &auth.config.product, [])).is_some();
    let (passwords, key) = (auth.passwords(now).await?, email.key());
    let (is_breached, hash) =
        tokio::join!(auth.breaches.have(&password), passwords.hash_for_sign_up(&password, &key, now));
    let (is_weak, hash) = (is_weak || is_breached, hash?);
    let language = accepted.best_of(&auth.config.languages);
    let new = SignUp { email, password: (!is_weak).then_some(hash), language };
    let made = auth.sign_up(&new, &new_ids, since, now).await?;
    tracing::info!(event = "sign_up", "somebody has signed up");
    if let Some(account) = made
        && let Some(signed_in) = auth.sign_in(Proof::by_making(&account, now), Arrival::default(), since).await?
    {
        return AuthResponse::signed_in(signed_in, &auth.secrets(now).await?.signer, now).map(Reply::ok);
    }
    // A fresh id even for an address that has one: it must tell nothing.
    Ok(Reply::ok(AuthResponse::signed_up(new_ids.account, &new.email)))
}

pub fn document() -> Operation {
    Operation::new(
        "signup",
        "Keeps a sign-up and mails a link to the address. The account comes into being when the link is redeemed. \
         The answer is the same whoever owns the address. With a password that is easy to guess, or was stolen from another service, the account comes into \
         being without one; a second letter says why and offers a link to choose another.",
    )
    .body::<SignupRequest>(json!({ "email": "ada@example.com", "password": "correct horse battery" }))
    .ok(&AuthResponse::example_of_sign_up())
    .answer(403, "Nobody can sign up at the moment", &AuthResponse::refused(CLOSED))
    .answer(429, "Too many letters were asked for by this client", &AuthResponse::refused(TOO_MANY))
    .challenged(&AuthResponse::refused(TOO_MANY))
    .depends()
}
