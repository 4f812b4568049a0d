//! `mfa-show`: the second factors of an account.

use std::process::ExitCode;

use auth::{
    guard::Guard,
    operators::{FactorsView, Mfa, Passkey, Requested, ResetStanding, Totp, factors_of},
};
use clap::Args;
use shared::{
    tables::Row,
    time::{Clock, Timestamp},
};

use crate::{
    account_show::Of,
    mfa_reset,
    operator::{Failure, Operator},
};

/// Show the second factors of an account: since when and when last used, tries of codes, what is left of recovery codes, and a reset.
///
/// Nothing is shown that opens anything, nor what owners call their passkeys.
#[derive(Args)]
pub struct Arguments {
    /// Which account.
    #[command(flatten)]
    pub of: Of,
}

/// The subcommand.
///
/// # Errors
/// When the tables cannot be read.
pub async fn run(operator: &Operator, arguments: &Arguments, clock: &Clock) -> Result<ExitCode, Failure> {
    for line in show(operator, arguments, clock).await? {
        println!("{line}");
    }
    Ok(ExitCode::SUCCESS)
}

/// One line for each fact.
///
/// # Errors
/// When the tables cannot be read.
pub async fn show(operator: &Operator, Arguments { of }: &Arguments, clock: &Clock) -> Result<Vec<String>, Failure> {
    let (store, now) = (&operator.store, clock.now());
    let Ok(id) = of.account(store).await? else { return Ok(vec!["no account".to_owned()]) };
    let stands = ResetStanding::of(store, id, now).await?;
    let user = format!("user: {id}");
    if let Some(why) = mfa_reset::without_factors(&stands) {
        return Ok(vec![user, why.to_owned()]);
    }
    let guard = async { Ok(store.get::<Guard>(Row::SessionGuard(id)).await?.unwrap_or_default()) };
    let view = factors_of(store, id, guard).await?;
    let FactorsView { mfa, passkeys, recovery_codes_left, .. } = &view;
    let reset = stands.requested.as_ref().map_or_else(|| "not asked for".to_owned(), Requested::to_string);
    let app = mfa.totp.iter().flat_map(|app| [of_app(app, mfa), format!("codes of the app: {}", tries(mfa, now))]);
    let counts = [
        format!("recovery codes: {recovery_codes_left} left"),
        format!("remembered devices: {}", view.remembered_devices(now)),
        format!("reset: {reset}"),
    ];
    Ok([user].into_iter().chain(app).chain(passkeys.iter().map(of_passkey)).chain(counts).collect())
}

fn of_app(Totp { created_at, .. }: &Totp, mfa: &Mfa) -> String {
    format!("app: since {created_at}, last used {}", moment(mfa.used_at))
}

fn of_passkey(Passkey { id, created_at, last_used_at, backed_up, .. }: &Passkey) -> String {
    let synced = if *backed_up { ", synchronised" } else { "" };
    format!("passkey {id}: since {created_at}, last used {}{synced}", moment(*last_used_at))
}

fn moment(at: Option<Timestamp>) -> String {
    at.map_or_else(|| "never".to_owned(), |at| at.to_string())
}

/// How many codes have failed, and whether the next one is compared.
fn tries(mfa: &Mfa, now: Timestamp) -> String {
    let lock = match mfa.seconds_locked(now).filter(|_| mfa.is_locking()) {
        _ if mfa.is_off() => ", off until another app is enrolled".to_owned(),
        Some(seconds) => format!(", locked for {seconds} s"),
        None => String::new(),
    };
    format!("{} wrong in a row{lock}", mfa.failures)
}
