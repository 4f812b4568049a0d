//! `challenge`: whether everybody is asked for a challenge, or only while counters say that somebody attacks.

use std::process::ExitCode;

use clap::Args;
use shared::{switches::ChallengeSwitch, time::Clock};

use crate::{
    operator::{Failure, Operator},
    switching::{Switch, Switched},
};

/// Have everybody solve a challenge before signing in, signing up or asking for a letter.
///
/// Tells how it stands, and with --yes changes it. Functions know within half a minute. Where the setting CHALLENGE is off, nobody is asked.
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
    /// Everybody, whatever the counters say.
    #[arg(long)]
    pub always: bool,
    /// Who does too much, while counters say so.
    #[arg(long)]
    pub auto: bool,
}

impl Wanted {
    const fn switch(&self) -> Option<ChallengeSwitch> {
        match self {
            Self { always: true, .. } => Some(ChallengeSwitch::Always),
            Self { auto: true, .. } => Some(ChallengeSwitch::Auto),
            Self { .. } => None,
        }
    }
}

const fn word(switch: ChallengeSwitch) -> &'static str {
    match switch {
        ChallengeSwitch::Always => "always",
        ChallengeSwitch::Auto => "auto",
    }
}

const CHALLENGE: Switch<ChallengeSwitch> =
    Switch { command: "challenge", attribute: "challenge", read: |switches| switches.challenge, word };

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
    CHALLENGE.set(operator, wanted.switch(), *yes, clock).await
}
