//! `/auth/mfa/totp`: an authenticator app becomes a factor, and is none any more.

use axum::extract::State;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;
use shared::{
    caller::Fresh,
    error::Error,
    http::{Body, Fields, Input, Operation, Reply, SecretText},
    now::Now,
};

use super::{
    answers::{AddedFactor, MfaAnswer, RaisedSession},
    refusal::{Refusal, Replied},
};
use crate::{
    factors::change::FactorChange,
    mfa::{enrolment::Enrolment, keys::Keyring, qr::qr_svg},
    sender::Sender,
    state::Auth,
};

const BEGUN: &str = "Scan the code with your app and enter what it shows";
const ADDED: &str = "Codes of your app are asked for from now on";
const REMOVED: &str = "No codes of an app are asked for any more";

/// An app that is being set up. Nothing is kept of it until a code proves that the app has the secret.
#[derive(Serialize, JsonSchema)]
pub struct TotpEnrolment {
    /// What to bring back with the first code.
    enrolment: String,
    /// The secret in base32, for who types it in.
    secret: String,
    /// All that an app has to know.
    uri: String,
    /// It as a QR code: an SVG image.
    qr_svg: String,
    /// Until when it can be brought back. Seconds since 1970.
    expires_at: i64,
}

/// An app that shows its first code.
pub struct TotpActivationRequest {
    enrolment: SecretText,
    totp: SecretText,
}

impl Input for TotpActivationRequest {
    const ECHOES: bool = false;

    fn read(mut fields: Fields<'_>) -> Option<Self> {
        let enrolment = fields.required("enrolment", "What the enrolment was answered with");
        let totp = fields.required("totp", "The six digits that the app shows");
        let values = fields.end()?;
        Some(Self { enrolment: values.of(enrolment)?, totp: values.of(totp)? })
    }
}

/// Makes a secret for an app.
pub async fn enrol(
    State(auth): State<Auth>,
    Now(now): Now,
    fresh: Fresh,
) -> Result<Reply<MfaAnswer<TotpEnrolment>>, Error> {
    let (caller, secrets) = (fresh.caller(), auth.secrets(now).await?);
    let enrolment = Enrolment::new(now)?;
    let uri = enrolment.secret.uri(&auth.config.product, caller.email().as_str());
    let sealed = enrolment.seal(caller.account_id(), &Keyring::new(&secrets.account_keys, now)?)?;
    let data = TotpEnrolment {
        enrolment: sealed,
        secret: enrolment.secret.base32().to_string(),
        qr_svg: qr_svg(&uri)?.to_string(),
        uri: uri.to_string(),
        expires_at: enrolment.expires_at.as_second(),
    };
    Ok(Reply::ok(MfaAnswer::with(BEGUN, data)))
}

/// Makes an app a factor which shows the right code. One that was one before counts as removed.
pub async fn activate(
    State(auth): State<Auth>,
    Now(now): Now,
    fresh: Fresh,
    sender: Sender,
    Body(TotpActivationRequest { enrolment, totp }): Body<TotpActivationRequest>,
) -> Replied<MfaAnswer<AddedFactor>> {
    let change = FactorChange::by(&fresh, &sender, now);
    let added = auth.enrol_app(&change, &enrolment.reveal(), &totp.reveal()).await??;
    Ok(Reply::ok(MfaAnswer::with(ADDED, AddedFactor::of(&auth, fresh.caller(), added, now).await?)))
}

/// Removes the app.
pub async fn remove(
    State(auth): State<Auth>,
    Now(now): Now,
    fresh: Fresh,
    sender: Sender,
) -> Replied<MfaAnswer<RaisedSession>> {
    let removed = auth.remove_app(&FactorChange::by(&fresh, &sender, now)).await??;
    Ok(Reply::ok(MfaAnswer::with(REMOVED, RaisedSession::of(&auth, fresh.caller(), removed, now).await?)))
}

pub fn document_enrolling() -> Operation {
    let example = TotpEnrolment {
        enrolment: "c2VhbGVk\u{2026}".to_owned(),
        secret: "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP".to_owned(),
        uri: "otpauth://totp/BitCain:ada%40example.com?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=BitCain"
            .to_owned(),
        qr_svg: "<svg xmlns=\"http://www.w3.org/2000/svg\">\u{2026}</svg>".to_owned(),
        expires_at: 1_566_656_722,
    };
    Operation::new("mfa_totp", "Makes a secret for an authenticator app. Nothing is kept of it: it counts once it was brought back with a code.")
        .tag(super::TAG)
        .fresh()
        .ok(&MfaAnswer::with(BEGUN, example))
        .depends()
}

pub fn document_activating() -> Operation {
    let operation = Operation::new(
        "mfa_totp_activate",
        "Makes an authenticator app a second factor, by its first code. The first factor of an account signs everybody else out and comes \
         with ten recovery codes. An app that takes the place of another one counts as a factor that is removed, too.",
    )
    .tag(super::TAG)
    .fresh()
    .body::<TotpActivationRequest>(json!({ "enrolment": "what-the-enrolment-was-answered-with", "totp": "492039" }))
    .ok(&MfaAnswer::with(ADDED, AddedFactor::example()));
    let operation = Refusal::WrongCode.of(operation);
    Refusal::EnrolmentExpired.of(operation).depends()
}

pub fn document_removing() -> Operation {
    let operation = Operation::new(
        "mfa_totp_remove",
        "Removes the authenticator app. Everybody else is signed out, personal tokens end, and the vault shows no secret for a day, or \
         until another factor is shown.",
    )
    .tag(super::TAG)
    .fresh()
    .ok(&MfaAnswer::with(REMOVED, RaisedSession::example()));
    Refusal::NotFound.of(operation).depends()
}
