//! `POST /auth/mfa/recovery-codes`: ten new recovery codes.

use axum::extract::State;
use schemars::JsonSchema;
use serde::Serialize;
use shared::{
    caller::Fresh,
    http::{Operation, Reply},
    now::Now,
};

use super::{
    answers::MfaAnswer,
    refusal::{Refusal, Replied},
};
use crate::{factors::change::FactorChange, sender::Sender, state::Auth};

const RENEWED: &str = "The former recovery codes are void";

/// Codes, each of which stands in for a factor that was lost, once.
#[derive(Serialize, JsonSchema)]
pub struct RecoveryCodes {
    /// Ten of them. Shown now and never again.
    recovery_codes: Vec<String>,
}

/// Makes them anew.
pub async fn renew(
    State(auth): State<Auth>,
    Now(now): Now,
    fresh: Fresh,
    sender: Sender,
) -> Replied<MfaAnswer<RecoveryCodes>> {
    let renewed = auth.renew_recovery_codes(&FactorChange::by(&fresh, &sender, now)).await?;
    let recovery_codes = renewed.map_err(|_| Refusal::NoFactors)?;
    Ok(Reply::ok(MfaAnswer::with(RENEWED, RecoveryCodes { recovery_codes })))
}

pub fn document() -> Operation {
    let example = RecoveryCodes { recovery_codes: vec!["7C4Q-9JTX-2M0K-V8RD".to_owned()] };
    let operation = Operation::new("mfa_recovery_codes", "Makes ten new recovery codes. The former ones are void.")
        .tag(super::TAG)
        .fresh()
        .ok(&MfaAnswer::with(RENEWED, example));
    Refusal::NoFactors.of(operation).depends()
}
