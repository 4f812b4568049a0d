//! `DELETE /auth/mfa/devices` and `DELETE /auth/mfa/devices/{id}`: devices are asked for a second factor again.

use std::time::Instant;

use axum::extract::{Path, State};
use shared::{
    caller::Caller,
    error::Error,
    http::{Operation, Reply},
    now::Now,
};

use super::{
    answers::MfaDone,
    refusal::{Refusal, Replied},
};
use crate::state::Auth;

const FORGOTTEN: &str = "A second factor is asked for again there";
const ALL_FORGOTTEN: &str = "A second factor is asked for everywhere again";

/// Every device.
pub async fn forget_all(State(auth): State<Auth>, Now(now): Now, caller: Caller) -> Result<Reply<MfaDone>, Error> {
    let _were_any = auth.forget_devices(&caller, None, Instant::now(), now).await?;
    Ok(Reply::ok(MfaDone::new(ALL_FORGOTTEN)))
}

/// One device.
pub async fn forget(
    State(auth): State<Auth>,
    Now(now): Now,
    caller: Caller,
    path: Option<Path<String>>,
) -> Replied<MfaDone> {
    let Some(Path(id)) = path else { return Err(Refusal::NotFound) };
    if !auth.forget_devices(&caller, Some(&id), Instant::now(), now).await? {
        return Err(Refusal::NotFound);
    }
    Ok(Reply::ok(MfaDone::new(FORGOTTEN)))
}

pub fn document_all() -> Operation {
    Operation::new("mfa_forget_devices", "Has every device of the account asked for a second factor again.")
        .tag(super::TAG)
        .protected()
        .ok(&MfaDone::new(ALL_FORGOTTEN))
        .depends()
}

pub fn document() -> Operation {
    let operation = Operation::new("mfa_forget_device", "Has a device of the account asked for a second factor again.")
        .tag(super::TAG)
        .protected()
        .path("id", "The `id` of a remembered device")
        .ok(&MfaDone::new(FORGOTTEN));
    Refusal::NotFound.of(operation).depends()
}
