//! `account-unlock`: forgives the passwords that were tried at an address, whether it has an account or not.

use std::process::ExitCode;

use auth::guard::{Guard, Tally, row::changing};
use clap::Args;
use compat::email::EmailAddress;
use serde::Deserialize;
use shared::{
    events::Action,
    ids::AccountId,
    store::{Condition, Update, Write, Written},
    tables::Row,
    time::{Clock, Timestamp},
};

use crate::operator::{Failure, Operator};

/// Let passwords be tried again at an address that is locked.
///
/// Tells what there is, and with --yes forgives it. Whoever is guessing may go on then, too. An account's owner sees that it was done.
#[derive(Args)]
pub struct Arguments {
    /// The address.
    #[arg(value_parser = EmailAddress::parse)]
    pub address: EmailAddress,
    /// Do it; otherwise only tell what there is.
    #[arg(long)]
    pub yes: bool,
}

/// What has been tried at an address, in words.
#[derive(Debug, PartialEq, Eq)]
pub struct Told(pub String);

impl Told {
    /// What counts of it.
    #[must_use]
    pub fn of(guard: &Guard, now: Timestamp) -> Self {
        let (Tally { failures, day_failures, .. }, known) = guard.counts(now);
        let lock = guard.seconds_locked(now).map(|seconds| format!(", locked for {seconds} s")).unwrap_or_default();
        let ignored = guard.ignored;
        Self(format!(
            "{failures} wrong in a row{lock}; {day_failures} today, {known} more from known places; {ignored} came during locks"
        ))
    }
}

#[derive(Deserialize)]
struct Record {
    owner: Option<AccountId>,
}

/// The subcommand: one line on the standard output.
///
/// # Errors
/// Why nothing could be seen, or not be forgiven.
pub async fn run(operator: &Operator, arguments: &Arguments, clock: &Clock) -> Result<ExitCode, Failure> {
    let Some(Told(tried)) = unlock(operator, arguments, clock).await? else {
        println!("nothing has been tried there");
        return Ok(ExitCode::SUCCESS);
    };
    println!("{tried}{}", if arguments.yes { ": forgiven" } else { "; --yes forgives it" });
    Ok(ExitCode::SUCCESS)
}

/// The work itself: what had been tried; `None` where nothing was. The day begins anew as well, and so do the known places.
///
/// # Errors
/// When the tables cannot be read or written, and when somebody tries at this moment.
pub async fn unlock(
    operator: &Operator,
    Arguments { address, yes }: &Arguments,
    clock: &Clock,
) -> Result<Option<Told>, Failure> {
    let (store, key) = (&operator.store, address.key());
    let record: Option<Record> = store.get(Row::Address(&key)).await?;
    let owner = record.and_then(|record| record.owner);
    let row = match owner {
        Some(owner) => Row::SessionGuard(owner),
        None => Row::AddressGuard(&key),
    };
    let Some(guard) = store.get::<Guard>(row).await? else { return Ok(None) };
    if *yes {
        let forgiven = changing(Update::new(row).when(Condition::Exists), &guard.forgiven())?;
        let written = if let Some(owner) = owner {
            operator.change(owner, Action::Unlocked, vec![Write::Update(forgiven)], clock).await?
        } else {
            operator.trail.note("account-unlock", "an address without an account", clock).await?;
            store.transact(vec![Write::Update(forgiven)]).await?
        };
        match written {
            Written::Done(()) => {}
            Written::Conflict(_) => return Err("somebody has tried meanwhile; run it again".into()),
        }
    }
    Ok(Some(Told::of(&guard, clock.now())))
}
