//! `mfa-reset`: removes all second factors of an owner who has lost them, three days after that was asked for and told.

use std::{fmt, process::ExitCode};

use auth::operators::{Reset, ResetStanding, Standing};
use clap::Args;
use shared::{ids::AccountId, time::Clock};

use crate::{
    identity_check::account,
    kyc_set::Reason,
    operator::{Failure, Operator},
};

/// Have all second factors of an account removed, whose owner has lost them and every recovery code.
///
/// Tells how it stands, and with --yes does it. Asked for with --reason, it may be done 72 hours later with --finish; whoever shows a factor
/// meanwhile, or clicks the link in the letter that tells the owner, stops it. Afterwards the password alone is enough, nobody is signed in,
/// and the vault stays shut for 72 hours more.
#[derive(Args)]
pub struct Arguments {
    /// The user: `user.id` of the API.
    #[arg(long, value_name = "USER_ID", value_parser = account)]
    pub user: AccountId,
    /// What is wanted.
    #[command(flatten)]
    pub wanted: Wanted,
    /// Do it; otherwise only tell how the account stands.
    #[arg(long)]
    pub yes: bool,
}

/// What is wanted.
#[derive(Args)]
#[group(required = true, multiple = false)]
pub struct Wanted {
    /// Ask for it, and why: a code of a-z, 0-9 and _, no text, so that nothing personal gets in.
    #[arg(long)]
    pub reason: Option<Reason>,
    /// Have the factors stay after all.
    #[arg(long)]
    pub cancel: bool,
    /// Remove them, once the time is over.
    #[arg(long)]
    pub finish: bool,
}

/// How an account stood, and whether something was done.
#[derive(Debug, PartialEq, Eq)]
pub struct Told {
    /// Before.
    pub stood: ResetStanding,
    /// Whether what was asked for was done.
    pub is_done: bool,
    /// Whether it would have been.
    pub may_be: bool,
}

impl Wanted {
    fn reset(&self) -> Reset {
        match &self.reason {
            Some(reason) => Reset::Request(reason.0.clone()),
            None if self.cancel => Reset::Cancel,
            None => Reset::Finish,
        }
    }
}

/// Why there is nothing to say of second factors; none where there are some.
pub(crate) const fn without_factors(stands: &ResetStanding) -> Option<&'static str> {
    match (&stands.account, stands.factors) {
        (Standing::Unknown, _) => Some("there is no such account"),
        (Standing::Ended, _) => Some("it has been deleted"),
        (Standing::There { .. }, None) => Some("it has no second factors"),
        (Standing::There { .. }, Some(_)) => None,
    }
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (without_factors(&self.stood), &self.stood.requested) {
            (Some(why), _) => f.write_str(why)?,
            (None, None) => f.write_str("no reset is asked for")?,
            (None, Some(requested)) => write!(f, "second factors: {requested}")?,
        }
        if let Standing::There { ends_at: Some(at), .. } = self.stood.account {
            write!(f, "; to be deleted at {at}")?;
        }
        f.write_str(match (self.is_done, self.may_be) {
            (true, _) => ": done",
            (false, true) => "; --yes does it",
            (false, false) => "; nothing to do",
        })
    }
}

/// The subcommand: one line on the standard output.
///
/// # Errors
/// Why it is not known how the account stands, or it is not changed.
pub async fn run(operator: &Operator, arguments: &Arguments, clock: &Clock) -> Result<ExitCode, Failure> {
    let told = reset(operator, arguments, clock).await?;
    println!("{told}");
    Ok(if told.is_done || told.may_be { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The work itself.
///
/// # Errors
/// When the tables cannot be read or written, or others are quicker all the time.
pub async fn reset(
    operator: &Operator,
    Arguments { user, wanted, yes }: &Arguments,
    clock: &Clock,
) -> Result<Told, Failure> {
    let (wanted, now) = (wanted.reset(), clock.now());
    let stood = ResetStanding::of(&operator.store, *user, now).await?;
    let may_be = stood.admits(&wanted, now);
    let writes = async || wanted.writes(&operator.store, *user, clock).await;
    let is_done = *yes && may_be && operator.change_in_rounds(*user, wanted.action(), writes, clock).await?;
    Ok(Told { stood, is_done, may_be: may_be && (is_done || !yes) })
}
