//! `POST /auth/verify-email`: redeems a mailed link. This is where an account comes into being.

use std::time::Instant;

use axum::extract::State;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;
use shared::{
    error::Error,
    http::{Body, Fields, Input, Operation, Reply, SecretText},
    ids::LinkId,
    link::Purpose,
};

use crate::{
    address::{Owner, Proof},
    records::{Decision, account_created, new_account, post},
    state::Auth,
};

const VERIFIED: &str = "Your email address is verified. You can sign in now.";
const EXPIRED: &str = "This link has expired. Ask for a new one.";

/// What the link held.
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
    /// The address.
    email: Option<String>,
}

/// A link has one effect, however often and however concurrently it is redeemed.
pub async fn verify_email(
    State(auth): State<Auth>,
    Body(VerifyEmailRequest { token }): Body<VerifyEmailRequest>,
) -> Result<Reply<VerifyEmailResponse>, Error> {
    let (since, now) = (Instant::now(), auth.app.clock.now());
    let secrets = auth.secrets().await?;
    let Some((address, link)) = secrets.links.open(Purpose::VerifyEmail, &token.reveal(), now) else {
        return Ok(answer(&auth, Proof::Invalid));
    };
    let fresh = LinkId::random()?;
    let proof = auth
        .change_record(&address, since, |record, _| {
            let proof = record.redeem(link, fresh, now);
            let Proof::Verified(owner, letter) = &proof else {
                return Ok(Decision::keep(proof));
            };
            let letter = letter.clone().map(|letter| post(letter, now)).transpose()?;
            let writes = new_account(owner, now)?.into_iter().chain(letter).collect();
            Ok(Decision::write(proof, writes))
        })
        .await?;
    if matches!(proof, Proof::Verified(..)) {
        account_created();
    }
    Ok(answer(&auth, proof))
}

fn answer(auth: &Auth, proof: Proof) -> Reply<VerifyEmailResponse> {
    match proof {
        Proof::Verified(owner, None) => verified(auth, &owner, VERIFIED),
        Proof::Verified(owner, Some(_)) => verified(
            auth,
            &owner,
            "Your email address is verified. Choose a password by the link we have just mailed you.",
        ),
        Proof::AlreadyVerified(owner) if owner.password.is_none() => verified(
            auth,
            &owner,
            "Your email address is already verified. Choose a password by the link we have mailed you.",
        ),
        Proof::AlreadyVerified(owner) => verified(auth, &owner, "Your email address is already verified."),
        Proof::Expired => refused(auth, EXPIRED),
        Proof::Invalid => refused(auth, "This link is invalid or has been replaced by a newer one."),
    }
}

fn verified(auth: &Auth, owner: &Owner, message: &'static str) -> Reply<VerifyEmailResponse> {
    Reply::ok(VerifyEmailResponse {
        success: true,
        message,
        // Without a password there is nothing to sign in with yet.
        redirect_url: auth.config.sign_in_url.clone().filter(|_| owner.password.is_some()),
        resend_url: None,
        user_id: Some(owner.id.to_string()),
        email: Some(owner.email.as_str().to_owned()),
    })
}

fn refused(auth: &Auth, message: &'static str) -> Reply<VerifyEmailResponse> {
    Reply::bad_request(VerifyEmailResponse {
        success: false,
        message,
        redirect_url: None,
        resend_url: Some(format!("{}/auth/ui/verify-email", auth.app.config.app_url)),
        user_id: None,
        email: None,
    })
}

/// What the OpenAPI document says of it.
pub fn operation() -> Operation {
    let proven = VerifyEmailResponse {
        success: true,
        message: VERIFIED,
        redirect_url: Some("https://app.example.com/sign-in".to_owned()),
        resend_url: None,
        user_id: Some("6f1c0c3a-2b47-4c0e-9d5e-2f7f0a4b8a11".to_owned()),
        email: Some("ada@example.com".to_owned()),
    };
    let expired = VerifyEmailResponse {
        success: false,
        message: EXPIRED,
        redirect_url: None,
        resend_url: Some("https://api.example.com/auth/ui/verify-email".to_owned()),
        user_id: None,
        email: None,
    };
    Operation::new(
        "verify_email",
        "Redeems a mailed link; the account comes into being. A link has one effect, however often it is redeemed.",
    )
    .body::<VerifyEmailRequest>(json!({ "token": "token-from-the-mailed-link" }))
    .ok(&proven)
    .answer(400, "The link is invalid, has expired or has been replaced", &expired)
    .depends()
}
