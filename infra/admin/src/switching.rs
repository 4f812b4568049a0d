//! What the subcommands for switches have in common: how one stands, and what it is to become.

use std::{fmt, process::ExitCode};

use clap::Args;
use serde::{Serialize, de::IgnoredAny};
use shared::{
    error::Error,
    store::{Update, Written},
    switches::Switches,
    tables::Row,
    time::Clock,
};

use crate::operator::{Failure, Operator};

/// A switch: one attribute of the row, and what the command line has for its positions.
pub trait Switch: Args {
    /// Which ways it can stand.
    type Position: Copy + Serialize;
    /// The command that changes it, for the log.
    const COMMAND: &'static str;
    /// The attribute.
    const ATTRIBUTE: &'static str;

    /// How it is to stand; none where nothing was asked for.
    fn wanted(&self) -> Option<Self::Position>;

    /// How it stands in a row.
    fn read(switches: &Switches) -> Self::Position;

    /// What people call a position.
    fn word(position: Self::Position) -> &'static str;
}

/// How a switch is to stand, and whether that is meant.
#[derive(Args)]
pub struct Arguments<S: Switch> {
    /// How it is to stand.
    #[command(flatten)]
    pub wanted: S,
    /// Do it; otherwise only tell how it stands.
    #[arg(long)]
    pub yes: bool,
}

/// How a switch stood, and how it stands now or would.
#[derive(Debug, PartialEq, Eq)]
pub struct Switched {
    /// Before; none where it said something that nobody knows.
    pub from: Option<&'static str>,
    /// After; none where nothing was asked for.
    pub to: Option<&'static str>,
    /// Whether it was done.
    pub is_done: bool,
}

impl fmt::Display for Switched {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { from, to, is_done } = self;
        f.write_str(from.unwrap_or("unreadable"))?;
        match to.filter(|to| Some(*to) != *from) {
            Some(to) if *is_done => write!(f, ": now {to}"),
            Some(to) => write!(f, "; --yes makes it {to}"),
            None => Ok(()),
        }
    }
}

/// A subcommand: one line on the standard output.
///
/// # Errors
/// Why it is not known, or not changed.
pub async fn run<S: Switch>(operator: &Operator, arguments: &Arguments<S>, clock: &Clock) -> Result<ExitCode, Failure> {
    println!("{}", switch(operator, arguments, clock).await?);
    Ok(ExitCode::SUCCESS)
}

/// The work itself: how it stands, and with `yes` what is wanted instead. Other switches stay as they are.
///
/// # Errors
/// When the table cannot be read or written.
pub async fn switch<S: Switch>(
    operator: &Operator,
    Arguments { wanted, yes }: &Arguments<S>,
    clock: &Clock,
) -> Result<Switched, Failure> {
    // One that says something else, which stops whoever goes by it, is set right by this very command.
    let from = match operator.store.get::<Switches>(Row::Switches).await {
        Ok(switches) => Some(S::read(&switches.unwrap_or_default())),
        Err(Error::Internal(_)) => None,
        Err(error) => return Err(error.into()),
    };
    let wanted = wanted.wanted();
    if let Some(to) = wanted.filter(|_| *yes) {
        operator.trail.note(S::COMMAND, S::word(to), clock).await?;
        let update = Update::new(Row::Switches).set(S::ATTRIBUTE, &to)?;
        match operator.store.update::<IgnoredAny>(update).await? {
            Written::Done(_) => {}
            Written::Conflict(_) => return Err("the row is not as it was expected".into()),
        }
    }
    let (from, to) = (from.map(S::word), wanted.map(S::word));
    Ok(Switched { from, to, is_done: *yes && to.is_some() })
}
