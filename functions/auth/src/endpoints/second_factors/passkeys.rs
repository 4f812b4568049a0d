//! `/auth/mfa/passkeys`: passkeys become factors, have names, and are none any more.

use axum::extract::{Path, State};
use serde_json::json;
use shared::{
    caller::{Caller, Fresh},
    error::Error,
    http::{Body, Fields, Input, Name, Operation, Reply},
    ids::FactorId,
    now::Now,
};

use super::{
    answers::{AddedFactor, MfaAnswer, MfaDone, PasskeyCreation, RaisedSession},
    refusal::{Refusal, Replied},
    shown::NewPasskey,
};
use crate::{
    factors::change::{FactorChange, NotChanged},
    mfa::webauthn::{CreationOptions, Flaw as PasskeyFlaw},
    sender::Sender,
    state::Auth,
};

const ASK: &str = "Make a passkey";
const ADDED: &str = "The passkey can be used from now on";
const RENAMED: &str = "The passkey has this name now";
const REMOVED: &str = "The passkey is good for nothing any more";

/// A passkey that was made, and what to call it.
pub struct PasskeyRegistrationRequest {
    passkey: NewPasskey,
    name: Name,
}

/// What a passkey is to be called.
pub struct PasskeyRenameRequest {
    name: Name,
}

impl Input for PasskeyRegistrationRequest {
    const ECHOES: bool = false;

    fn read(mut fields: Fields<'_>) -> Option<Self> {
        let passkey = fields.required("passkey", "What the browser says of the new passkey, by its `toJSON()`");
        let name = fields.required("name", "What to call it");
        let values = fields.end()?;
        Some(Self { passkey: values.of(passkey)?, name: values.of(name)? })
    }
}

impl Input for PasskeyRenameRequest {
    fn read(mut fields: Fields<'_>) -> Option<Self> {
        let name = fields.required("name", "What to call it");
        Some(Self { name: fields.end()?.of(name)? })
    }
}

/// What to ask the browser for.
pub async fn options(
    State(auth): State<Auth>,
    Now(now): Now,
    fresh: Fresh,
) -> Result<Reply<MfaAnswer<PasskeyCreation>>, Error> {
    let passkey = auth.ask_for_new_passkey(fresh.caller(), now).await?;
    Ok(Reply::ok(MfaAnswer::with(ASK, PasskeyCreation { passkey })))
}

/// Makes a passkey a factor.
pub async fn register(
    State(auth): State<Auth>,
    Now(now): Now,
    fresh: Fresh,
    sender: Sender,
    Body(PasskeyRegistrationRequest { passkey: NewPasskey(passkey), name: Name(name) }): Body<
        PasskeyRegistrationRequest,
    >,
) -> Replied<MfaAnswer<AddedFactor>> {
    let Some(passkey) = passkey else { return Err(refused(PasskeyFlaw::Response)) };
    let added = match auth.register_passkey(&FactorChange::by(&fresh, &sender, now), &passkey, &name).await? {
        Ok(added) => added,
        Err(NotChanged::Refused(flaw)) => return Err(refused(flaw)),
        Err(not) => return Err(not.into()),
    };
    Ok(Reply::ok(MfaAnswer::with(ADDED, AddedFactor::of(&auth, fresh.caller(), added, now).await?)))
}

fn refused(flaw: PasskeyFlaw) -> Refusal {
    tracing::info!(event = "mfa_refused", method = "new_passkey", reason = flaw.as_str(), "a new passkey is refused");
    Refusal::PasskeyRefused
}

/// Gives a passkey another name.
pub async fn rename(
    State(auth): State<Auth>,
    caller: Caller,
    path: Option<Path<String>>,
    Body(PasskeyRenameRequest { name: Name(name) }): Body<PasskeyRenameRequest>,
) -> Replied<MfaDone> {
    let id = id_of(path)?;
    if !auth.rename_passkey(&caller, id, &name).await? {
        return Err(Refusal::NotFound);
    }
    Ok(Reply::ok(MfaDone::new(RENAMED)))
}

/// Removes a passkey.
pub async fn remove(
    State(auth): State<Auth>,
    Now(now): Now,
    fresh: Fresh,
    sender: Sender,
    path: Option<Path<String>>,
) -> Replied<MfaAnswer<RaisedSession>> {
    let id = id_of(path)?;
    let removed = auth.remove_passkey(&FactorChange::by(&fresh, &sender, now), id).await??;
    Ok(Reply::ok(MfaAnswer::with(REMOVED, RaisedSession::of(&auth, fresh.caller(), removed, now).await?)))
}

fn id_of(path: Option<Path<String>>) -> Result<FactorId, Refusal> {
    path.and_then(|Path(id)| FactorId::parse(&id)).ok_or(Refusal::NotFound)
}

pub fn document_options() -> Operation {
    Operation::new(
        "mfa_passkey_options",
        "What to ask a browser for, so that it makes a passkey of the account. Good for five minutes.",
    )
    .tag(super::TAG)
    .fresh()
    .ok(&MfaAnswer::with(ASK, PasskeyCreation { passkey: CreationOptions::example() }))
    .depends()
}

pub fn document_registering() -> Operation {
    let operation = Operation::new(
        "mfa_passkey_register",
        "Makes a passkey a second factor, and a way to sign in without a password. The first factor of an account signs everybody else out and \
         comes with ten recovery codes.",
    )
    .tag(super::TAG)
    .fresh()
    .body::<PasskeyRegistrationRequest>(json!({ "passkey": {}, "name": "Phone" }))
    .ok(&MfaAnswer::with(ADDED, AddedFactor::example()));
    let operation = Refusal::PasskeyRefused.of(operation);
    let operation = Refusal::PasskeyKnown.of(operation);
    Refusal::TooManyPasskeys.of(operation).depends()
}

pub fn document_renaming() -> Operation {
    let operation = Operation::new("mfa_passkey_rename", "Gives a passkey another name.")
        .tag(super::TAG)
        .protected()
        .path("id", "The `id` of a passkey")
        .body::<PasskeyRenameRequest>(json!({ "name": "Old phone" }))
        .ok(&MfaDone::new(RENAMED));
    Refusal::NotFound.of(operation).depends()
}

pub fn document_removing() -> Operation {
    let operation = Operation::new(
        "mfa_passkey_remove",
        "Removes a passkey. Everybody else is signed out, personal tokens end, and the vault shows no secret for a day, or until \
         another factor is shown.",
    )
    .tag(super::TAG)
    .fresh()
    .path("id", "The `id` of a passkey")
    .ok(&MfaAnswer::with(REMOVED, RaisedSession::example()));
    Refusal::NotFound.of(operation).depends()
}
