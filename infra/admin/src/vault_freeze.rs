//! `vault-freeze`: whether the vault shows no secret to anybody, and signs nothing.

use std::process::ExitCode;

use clap::Args;
use shared::time::Clock;

use crate::{
    operator::{Failure, Operator},
    switching::{Switch, Switched},
};

/// Have the vault show no secret and sign nothing, for nobody.
///
/// Tells how it stands, and with --yes changes it. Functions know within half a minute. Faster, and for whoever holds a role of the vault, too:
/// switch its KMS key off.
#[derive(Args)]
pub struct Arguments {
    /// How it is to stand.
    #[command(flatten)]
    pub wanted: Wanted,
    /// Do it; otherwise only tell how it stands.
    #[arg(long)]
    pub yes: bool,
}

/// Which way it is to stand; as it does where neither is said.
#[derive(Args)]
#[group(multiple = false)]
pub struct Wanted {
    /// Nobody gets at a secret.
    #[arg(long)]
    pub on: bool,
    /// Everybody does who may.
    #[arg(long)]
    pub off: bool,
}

const VAULT_FREEZE: Switch<bool> = Switch {
    command: "vault-freeze",
    attribute: "vault_frozen",
    read: |switches| switches.vault_frozen,
    word: |is_on| if is_on { "on" } else { "off" },
};

/// The subcommand: one line on the standard output.
///
/// # Errors
/// Why it is not known, or not changed.
pub async fn run(operator: &Operator, arguments: &Arguments, clock: &Clock) -> Result<ExitCode, Failure> {
    println!("{}", switch(operator, arguments, clock).await?);
    Ok(ExitCode::SUCCESS)
}

/// The work itself. Other switches stay as they are.
///
/// # Errors
/// When the table cannot be read or written.
pub async fn switch(
    operator: &Operator,
    Arguments { wanted, yes }: &Arguments,
    clock: &Clock,
) -> Result<Switched, Failure> {
    let wanted = (wanted.on || wanted.off).then_some(wanted.on);
    VAULT_FREEZE.set(operator, wanted, *yes, clock).await
}
