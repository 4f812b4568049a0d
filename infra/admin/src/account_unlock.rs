//! `account-unlock`: forgives the passwords that were tried at an address, whether it has an account or not.

use std::{fmt, process::ExitCode};

use clap::Args;
use compat::email::EmailAddress;
use serde::{Deserialize, de::IgnoredAny};
use shared::{
    ids::AccountId,
    store::{Condition, Update, Written},
    tables::Row,
    time::Timestamp,
};

use crate::operator::{Failure, Operator};

/// Let passwords be tried again at an address that is locked.
///
/// Tells what there is, and with --yes forgives it. Whoever is guessing may go on then, too.
#[derive(Args)]
pub struct Arguments {
    /// The address.
    #[arg(value_parser = EmailAddress::parse)]
    pub address: EmailAddress,
    /// Do it; otherwise only tell what there is.
    #[arg(long)]
    pub yes: bool,
}

/// What has been tried at an address.
#[derive(Debug, PartialEq, Eq, Deserialize)]
pub struct Tried {
    /// Wrong passwords in a row.
    #[serde(default)]
    pub failures: u32,
    /// From when on the next may be tried.
    pub free_from: Option<Timestamp>,
    /// Wrong passwords on the day of the last one; one hundred lock until it ends.
    #[serde(default)]
    pub day_failures: i32,
    /// Tries that came while it was locked.
    #[serde(default)]
    pub ignored: u64,
}

impl fmt::Display for Tried {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { failures, free_from, day_failures, ignored } = self;
        let lock = free_from.map(|from| format!(", locked until {from}")).unwrap_or_default();
        write!(f, "{failures} wrong in a row{lock}; {day_failures} on that day; {ignored} came during locks")
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
pub async fn run(operator: &Operator, arguments: &Arguments) -> Result<ExitCode, Failure> {
    let Some(tried) = unlock(operator, arguments).await? else {
        println!("nothing has been tried there");
        return Ok(ExitCode::SUCCESS);
    };
    println!("{tried}{}", if arguments.yes { ": forgiven" } else { "; --yes forgives it" });
    Ok(ExitCode::SUCCESS)
}

/// The work itself: what had been tried; `None` where nothing was. Known places keep their own counters: nobody goes by them while
/// everybody may try.
///
/// # Errors
/// When the tables cannot be read or written.
pub async fn unlock(operator: &Operator, Arguments { address, yes }: &Arguments) -> Result<Option<Tried>, Failure> {
    let (store, key) = (&operator.store, address.key());
    let record: Option<Record> = store.get(Row::Address(&key)).await?;
    let row = match record.and_then(|record| record.owner) {
        Some(owner) => Row::SessionGuard(owner),
        None => Row::AddressGuard(&key),
    };
    let Some(tried) = store.get::<Tried>(row).await? else { return Ok(None) };
    if *yes {
        let never = None::<Timestamp>;
        let forgiven = Update::new(row).set("failures", &0)?.set("failed_at", &never)?.set("free_from", &never)?;
        // Tries that were judged by what was there before are judged anew.
        let forgiven = forgiven.set("day_failures", &0)?.count("attempt").when(Condition::Exists);
        match store.update::<IgnoredAny>(forgiven).await? {
            Written::Done(_) => {}
            Written::Conflict(_) => return Err("the row has gone meanwhile; run it again".into()),
        }
    }
    Ok(Some(tried))
}
