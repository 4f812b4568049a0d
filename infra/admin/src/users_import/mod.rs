//! `users-import`: brings the accounts of another service along, out of its export. Each is one transaction, so it can be broken off
//! anywhere and run again: whose address has an account is left alone.
//!
//! What it tells are numbers: of lines, and how many.

mod csv;
pub mod formats;
mod records;
#[cfg(test)]
mod tests;

use std::{
    cell::Cell, collections::BTreeSet, fmt, future::pending, iter, path::PathBuf, pin::pin, process::ExitCode,
    sync::OnceLock,
};

use auth::import::{Function, Importer, LONGEST_KEY, NewUser, Outcome, Project};
use base64::{Engine, prelude::BASE64_STANDARD};
use clap::Args;
use futures::{StreamExt, stream};
use shared::{
    error::Error,
    events::{AccountEvent, Action, Circumstances},
    time::Clock,
};
use tokio::{select, signal::ctrl_c};
use zeroize::Zeroizing;

use self::{
    formats::{Password, Reading, Source},
    records::{Record, Records},
};
use crate::{
    bar::{Bar, Rate},
    operator::{Failure, Operator},
    trail::Trail,
    typed_secret,
};

/// Accounts in work at once. What takes the time is a run of Argon2 for each that has a password.
const IN_FLIGHT: usize = 8;
/// So many lines are named one by one.
const LISTED: usize = 100;

/// Bring users along from another service, with their passwords where it gives out hashes.
///
/// Tells what there is to do, and with --yes does it. Only addresses that were proven there come along, and of those that have an account
/// here nothing changes. It may be broken off and run again.
#[derive(Args)]
pub struct Arguments {
    /// The service.
    #[arg(long, value_enum)]
    pub from: Source,
    /// Its export.
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Of a project of Firebase: `mem_cost` among its password hash parameters.
    #[arg(long, default_value_t = 14)]
    pub mem_cost: u32,
    /// And rounds.
    #[arg(long, default_value_t = 8)]
    pub rounds: u32,
    /// And `base64_salt_separator`.
    #[arg(long, default_value = "Bw==")]
    pub salt_separator: String,
    /// Do it; otherwise only count.
    #[arg(long)]
    pub yes: bool,
}

/// What a run has done.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Accounts that are there since this run; without `--yes`, that would be.
    pub made: u64,
    /// Of these, those whose service has given out no hash.
    pub without_hash: u64,
    /// Of these, those whose hash is of no use here.
    pub unusable_hash: u64,
    /// Addresses that had an account before.
    pub there: u64,
    /// Ids that had an account once, or have one with another address.
    pub id_taken: u64,
    /// Addresses that were not proven, or are not there.
    pub unproven: u64,
    /// Accounts that their service lets in no more.
    pub shut_out: u64,
    /// Lines that are no record.
    pub malformed: Vec<u64>,
    /// Lines whose account could not be made, and why.
    pub failed: Vec<(u64, Failure)>,
    /// Why it was broken off, if it was.
    pub broken_off: Option<Failure>,
    /// The functions of the passwords that come along.
    pub functions: BTreeSet<Function>,
}

/// What has become of one record.
enum Ended {
    Imported(Outcome, Password),
    Unproven,
    ShutOut,
    Malformed,
    Failed(Failure),
}

/// One record that is done with.
struct Done {
    line: u64,
    ended: Ended,
}

/// How far a file has been read.
#[derive(Clone, Copy, Default)]
struct Progress {
    records: u64,
    bytes: u64,
}

struct Job<'a> {
    importer: Importer,
    trail: &'a Trail,
    project: Option<Project>,
    arguments: &'a Arguments,
    clock: &'a Clock,
}

/// The subcommand: a bar while it works, then lines that need a look on the standard error, and what has been done on the standard output.
///
/// # Errors
/// Why it could not begin.
pub async fn run(operator: &Operator, arguments: &Arguments, clock: &Clock) -> Result<ExitCode, Failure> {
    let signer_key = match arguments.from {
        Source::Firebase => Some(typed_secret::read("base64_signer_key")?),
        _ => None,
    };
    let (bar, stop) = (Bar::new(), OnceLock::new());
    let import = import(operator, arguments, signer_key.as_deref().map(String::as_str), clock, &stop, bar.show());
    let report = select! {
        report = import => report,
        broken_off = interrupted(&stop) => Err(broken_off),
    };
    let rate = bar.finish();
    Ok(report?.finish(arguments.yes, &rate))
}

/// Stops the import when somebody interrupts the command: what is under way is finished, so that the log knows of each account whether it was
/// made. Comes back when that is to take no longer, either.
async fn interrupted(stop: &OnceLock<Failure>) -> Failure {
    if ctrl_c().await.is_ok() {
        let _unless_it_has = stop.set("it was interrupted".into());
        eprintln!("finishing what is under way; interrupt once more not to wait for that");
        if ctrl_c().await.is_ok() {
            return "broken off; events-check may find events missing of the accounts that were under way".into();
        }
    }
    pending().await
}

/// The work itself. `signer_key` is Firebase's, in base64. Who sets `stop` says why no further record is begun. `progress` is told how many
/// records are done, and of how many, which is a guess until the end.
///
/// # Errors
/// When the file cannot be one of that service, or there are no secrets to hash with.
pub async fn import(
    operator: &Operator,
    arguments: &Arguments,
    signer_key: Option<&str>,
    clock: &Clock,
    stop: &OnceLock<Failure>,
    progress: impl Fn(u64, u64),
) -> Result<Report, Failure> {
    let (mut records, length) = Records::open(&arguments.file, arguments.from == Source::Firebase)?;
    arguments.from.check(records.columns())?;
    let importer = Importer::open(operator.store.clone(), &operator.aws).await?;
    if arguments.yes {
        operator.trail.note("users-import", &arguments.from.word(), clock).await?;
    }
    let project = match signer_key {
        Some(signer_key) => Some(arguments.project(&importer, signer_key).await?),
        None => None,
    };
    let job = &Job { importer, trail: &operator.trail, project, arguments, clock };
    let read = Cell::new(Progress::default());
    let next = || {
        let record = if stop.get().is_some() { None } else { records.next().transpose() };
        record.inspect(|record| read.set(read.get().after(record)))
    };
    let found = stream::iter(iter::from_fn(next));
    let mut done = pin!(found.map(|record| async { job.one(record?).await }).buffer_unordered(IN_FLIGHT));
    let (mut report, mut count) = (Report::default(), 0);
    // What is under way is finished whatever becomes of the others, so that the log knows of each account whether it was made.
    while let Some(outcome) = done.next().await {
        match outcome {
            Ok(Done { line, ended }) => {
                report.add(line, ended);
                count += 1;
                progress(count, read.get().records_of(length));
            }
            Err(failure) => {
                let _first_says_why = stop.set(failure);
            }
        }
    }
    report.broken_off = stop.get().cloned();
    Ok(report)
}

impl Progress {
    /// With one more record, if it could be read.
    fn after(self, record: &Result<Record, Failure>) -> Self {
        record.as_ref().map_or(self, |record| Self { records: self.records + 1, bytes: record.end })
    }

    /// How many records a file of this `length` has, if those to come are as long as those before.
    fn records_of(self, length: u64) -> u64 {
        let records = u128::from(self.records) * u128::from(length.max(self.bytes)) / u128::from(self.bytes.max(1));
        u64::try_from(records).unwrap_or(u64::MAX)
    }
}

impl Arguments {
    async fn project(&self, importer: &Importer, signer_key: &str) -> Result<Project, Failure> {
        let signer_key = BASE64_STANDARD.decode(signer_key.trim()).map(Zeroizing::new);
        let signer_key = signer_key.map_err(|_| "the signer key is not base64")?;
        if signer_key.is_empty() || signer_key.len() > LONGEST_KEY {
            return Err("the signer key does not have 1 to 64 bytes".into());
        }
        let separator = BASE64_STANDARD.decode(&self.salt_separator).map_err(|_| "the salt separator is not base64")?;
        let key = importer.project_key(&signer_key, !self.yes).await?;
        let (mem_cost, rounds, key_length) = (self.mem_cost, self.rounds, signer_key.len());
        Ok(Project { mem_cost, rounds, separator, key, key_length })
    }
}

impl Job<'_> {
    /// What becomes of one record.
    ///
    /// # Errors
    /// When AWS does not go on: that is nothing about this one.
    async fn one(&self, Record { line, members, .. }: Record) -> Result<Done, Failure> {
        let reading = members.map(|members| self.arguments.from.read(&members, self.project.as_ref(), &self.importer));
        let ended = match reading {
            None | Some(Reading::Malformed) => Ended::Malformed,
            Some(Reading::Unproven) => Ended::Unproven,
            Some(Reading::ShutOut) => Ended::ShutOut,
            // Boxed: as many are in work at once.
            Some(Reading::User(user, password)) => match Box::pin(self.user(*user)).await? {
                Ok(outcome) => Ended::Imported(outcome, password),
                Err(error @ (Error::Internal(_) | Error::Contended(_))) => Ended::Failed(error.into()),
                Err(error) => return Err(error.into()),
            },
        };
        Ok(Done { line, ended })
    }

    /// Makes the account of somebody who has none, or tells that it would be made. The log has the event before anything is written, and after
    /// that what has come of it.
    ///
    /// # Errors
    /// When the log cannot be written. What is wrong with this one alone is in the answer.
    async fn user(&self, user: NewUser) -> Result<Result<Outcome, Error>, Failure> {
        let (id, now) = (user.id, self.clock.now());
        let seen = match self.importer.look(&user, now).await {
            Ok(Ok(seen)) if self.arguments.yes => seen,
            Ok(Ok(_)) => return Ok(Ok(Outcome::Made)),
            Ok(Err(outcome)) => return Ok(Ok(outcome)),
            Err(error) => return Ok(Err(error)),
        };
        let event = AccountEvent::new(id, Action::Imported, Circumstances::operator(now), None, self.clock)?;
        let announced = self.trail.announce(&event, self.clock).await?;
        let made = self.importer.make(user, seen, &event, now).await;
        self.trail.conclude(announced, matches!(made, Ok(Outcome::Made)), self.clock).await?;
        Ok(made)
    }
}

impl Report {
    fn add(&mut self, line: u64, ended: Ended) {
        match ended {
            Ended::Imported(Outcome::Made, password) => {
                self.made += 1;
                match password {
                    Password::Kept(function) => self.functions.extend([function]),
                    Password::None => self.without_hash += 1,
                    Password::Unusable => self.unusable_hash += 1,
                }
            }
            Ended::Imported(Outcome::There, _) => self.there += 1,
            Ended::Imported(Outcome::IdTaken, _) => self.id_taken += 1,
            Ended::Imported(Outcome::Overtaken, _) => {
                self.failed.push((line, "somebody signs up there at this moment; run it again".into()));
            }
            Ended::Unproven => self.unproven += 1,
            Ended::ShutOut => self.shut_out += 1,
            Ended::Malformed => self.malformed.push(line),
            Ended::Failed(why) => self.failed.push((line, why)),
        }
    }

    /// Whether all of the file is done.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.malformed.is_empty() && self.failed.is_empty() && self.broken_off.is_none()
    }

    /// Tells of it, and how quickly it went.
    fn finish(&self, is_done: bool, rate: &Rate) -> ExitCode {
        for line in self.malformed.iter().take(LISTED) {
            eprintln!("line {line}: malformed");
        }
        for (line, why) in self.failed.iter().take(LISTED) {
            eprintln!("line {line}: {why}");
        }
        if let Some(why) = &self.broken_off {
            eprintln!("broken off: {why}; run it again");
        }
        println!("{}{self}; {rate}", if is_done { "" } else { "--yes would do this: " });
        if !self.functions.is_empty() {
            let functions: Vec<_> = self.functions.iter().map(ToString::to_string).collect();
            println!("ImportedHashes has to name {}", functions.join(","));
        }
        if self.is_complete() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { made, without_hash, unusable_hash, there, id_taken, unproven, shut_out, .. } = self;
        let (malformed, failed) = (self.malformed.len(), self.failed.len());
        write!(
            f,
            "{made} imported ({without_hash} had no hash, {unusable_hash} one of no use), {there} there already, "
        )?;
        write!(f, "{id_taken} with an id that is taken, {unproven} unproven, {shut_out} shut out, ")?;
        write!(f, "{malformed} malformed, {failed} failed")
    }
}
