//! `challenge`: whether everybody is asked for a challenge, or only while counters say that somebody attacks.

use std::{fmt, process::ExitCode};

use clap::Args;
use serde::de::IgnoredAny;
use shared::{
    error::Error,
    store::{Update, Written},
    switches::{ChallengeSwitch, Switches},
    tables::Row,
};

use crate::operator::{Failure, Operator};

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

/// How the switch stood, and how it stands now or would.
#[derive(Debug, PartialEq, Eq)]
pub struct Switched {
    /// Before; none where it said something that nobody knows.
    pub from: Option<ChallengeSwitch>,
    /// After; none where nothing was asked for.
    pub to: Option<ChallengeSwitch>,
    /// Whether it was done.
    pub is_done: bool,
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

impl fmt::Display for Switched {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { from, to, is_done } = self;
        f.write_str(from.map_or("unreadable", word))?;
        match to.filter(|to| Some(*to) != *from) {
            Some(to) if *is_done => write!(f, ": now {}", word(to)),
            Some(to) => write!(f, "; --yes makes it {}", word(to)),
            None => Ok(()),
        }
    }
}

/// The subcommand: one line on the standard output.
///
/// # Errors
/// Why it is not known, or not changed.
pub async fn run(operator: &Operator, arguments: &Arguments) -> Result<ExitCode, Failure> {
    println!("{}", switch(operator, arguments).await?);
    Ok(ExitCode::SUCCESS)
}

/// The work itself. Other switches stay as they are.
///
/// # Errors
/// When the table cannot be read or written.
pub async fn switch(operator: &Operator, Arguments { wanted, yes }: &Arguments) -> Result<Switched, Failure> {
    // One that says something else, which stops whoever goes by it, is set right by this very command.
    let from = match operator.store.get::<Switches>(Row::Switches).await {
        Ok(switches) => Some(switches.unwrap_or_default().challenge),
        Err(Error::Internal(_)) => None,
        Err(error) => return Err(error.into()),
    };
    let to = wanted.switch();
    let is_done = *yes && to.is_some();
    if let Some(to) = to.filter(|_| *yes) {
        let update = Update::new(Row::Switches).set("challenge", &to)?;
        match operator.store.update::<IgnoredAny>(update).await? {
            Written::Done(_) => {}
            Written::Conflict(_) => return Err("the row is not as it was expected".into()),
        }
    }
    Ok(Switched { from, to, is_done })
}
