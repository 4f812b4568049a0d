//! `account-ban`, `account-unban` and `account-end`: what an operator decides about an account.

use std::{fmt, process::ExitCode};

use auth::operators::{Command, Standing, standing, writes};
use clap::Args;
use shared::{ids::AccountId, time::Clock};

use crate::{
    identity_check::account,
    kyc_set::Reason,
    operator::{Failure, Operator},
};

/// Suspend an account: its sessions and personal tokens end, and nobody signs in.
///
/// Tells how it stands, and with --yes does it. Who has the right password is told that the account is suspended, and no more.
#[derive(Args)]
pub struct BanArguments {
    /// Which account.
    #[command(flatten)]
    pub whose: Arguments,
    /// Why: a code of a-z, 0-9 and _, no text, so that nothing personal gets in.
    #[arg(long)]
    pub reason: Reason,
}

/// Which account, and whether it is meant.
#[derive(Args)]
pub struct Arguments {
    /// The user: `user.id` of the API.
    #[arg(long, value_name = "USER_ID", value_parser = account)]
    pub user: AccountId,
    /// Do it; otherwise only tell how the account stands.
    #[arg(long)]
    pub yes: bool,
}

/// How an account stood, and whether something was done.
#[derive(Debug, PartialEq, Eq)]
pub struct Told {
    /// Before.
    pub stood: Standing,
    /// Whether what was asked for was done.
    pub is_done: bool,
    /// Whether it would have been.
    pub may_be: bool,
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.stood {
            Standing::Unknown => f.write_str("there is no such account")?,
            Standing::Ended => f.write_str("it has been deleted")?,
            Standing::There { banned, ends_at, undo_until } => {
                match banned {
                    Some((reason, at)) => write!(f, "suspended since {at}: {reason}")?,
                    None => f.write_str("not suspended")?,
                }
                if let Some(at) = ends_at {
                    write!(f, "; to be deleted at {at}")?;
                }
                if let Some(until) = undo_until {
                    write!(f, "; its former address may take it back until {until}")?;
                }
            }
        }
        f.write_str(match (self.is_done, self.may_be) {
            (true, _) => ": done",
            (false, true) => "; --yes does it",
            (false, false) => "; nothing to do",
        })
    }
}

/// A subcommand: one line on the standard output.
///
/// # Errors
/// Why it is not known how the account stands, or it is not changed.
pub async fn run(
    operator: &Operator,
    arguments: &Arguments,
    command: &Command,
    clock: &Clock,
) -> Result<ExitCode, Failure> {
    let told = change(operator, arguments, command, clock).await?;
    println!("{told}");
    Ok(if told.is_done || told.may_be { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The work itself.
///
/// # Errors
/// When the tables cannot be read or written, or others are quicker all the time.
pub async fn change(
    operator: &Operator,
    Arguments { user, yes }: &Arguments,
    command: &Command,
    clock: &Clock,
) -> Result<Told, Failure> {
    let stood = standing(&operator.store, *user, clock.now()).await?;
    let may_be = stood.admits(command);
    let writes = async || writes(&operator.store, command, *user, clock).await;
    let is_done = *yes && may_be && operator.change_in_rounds(*user, command.action(), writes, clock).await?;
    Ok(Told { stood, is_done, may_be })
}
