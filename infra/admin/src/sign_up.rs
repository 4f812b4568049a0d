//! `sign-up`: whether anybody can sign up.

use std::process::ExitCode;

use clap::Args;
use shared::time::Clock;

use crate::{
    operator::{Failure, Operator},
    switching::{Switch, Switched},
};

/// Let nobody sign up, or everybody again.
///
/// Tells how it stands, and with --yes changes it. Functions know within half a minute. Who has signed up by then may still prove the address.
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
    /// Everybody can.
    #[arg(long)]
    pub open: bool,
    /// Nobody can.
    #[arg(long)]
    pub closed: bool,
}

const SIGN_UP: Switch<bool> = Switch {
    command: "sign-up",
    attribute: "sign_up_closed",
    read: |switches| switches.sign_up_closed,
    word: |is_on| if is_on { "closed" } else { "open" },
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
    let wanted = (wanted.open || wanted.closed).then_some(wanted.closed);
    SIGN_UP.set(operator, wanted, *yes, clock).await
}
