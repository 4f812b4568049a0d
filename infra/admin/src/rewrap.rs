//! `rewrap`: moves everything that the vault has sealed to another KMS key. KMS does it inside (`ReEncrypt`); no data key and no
//! secret comes here, and the credentials of this tool need no right to `Decrypt` but for the table itself, through DynamoDB.
//!
//! Each record is moved by one write under the condition that it is as it was read. So it can be broken off anywhere: what is moved
//! is moved, the rest opens under the old key, and another run goes on with it.

use std::{fmt, future, pin::pin, process::ExitCode};

use clap::Args;
use futures::{Stream, StreamExt, TryStreamExt, stream};
use serde::{
    Deserialize,
    de::{DeserializeOwned, IgnoredAny},
};
use shared::{
    error::Error,
    ids::{AccountId, KeyId},
    seal::{self, Envelope, Envelopes, RecordVersion, Seal, SealedSecret},
    store::{Condition, Found, Store, Update, Written},
    tables::{AllRows, Row},
};

use crate::{
    bar::Bar,
    operator::{Failure, Operator},
};

/// Records under way at a time. KMS allows some thousand calls a second to everybody in the account; the functions come first.
const IN_FLIGHT: usize = 8;
/// Tries of a record that its owner changes at the same time. A refused one brings the row along, and nobody else of this kind competes
/// for it; what is lost again is left to another run.
const ROUNDS: u32 = 2;

/// Move all sealed exchange keys, and the vault's own secret, to another KMS key.
///
/// Switch the functions to that key first: they go on sealing under the one they are set to. It may be broken off and run again.
#[derive(Args)]
pub struct Arguments {
    /// The key to move to: its ARN, its id or an alias.
    #[arg(long, value_name = "KEY")]
    pub to: String,
    /// Only count what there is to move.
    #[arg(long)]
    pub dry_run: bool,
}

/// How many records a run of `rewrap` has moved to the new KMS key, and which it has not.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Rewrapped {
    /// How many are under the new key since this run; in a dry run, how many are not yet.
    pub moved: u64,
    /// How many were there already.
    pub there: u64,
    /// How many were deleted while this was going on.
    pub deleted: u64,
    /// What was changed in every round, and is left to another run.
    pub changed: Vec<String>,
    /// What could not be moved, and why.
    pub failed: Vec<(String, Failure)>,
}

/// Where a record is after a run has come to it.
pub(crate) enum RecordState {
    Moved,
    There,
    Deleted,
    Changed,
}

/// What is needed of a row in order to move it. Whose it is and which, its primary key says.
#[derive(Deserialize)]
struct Record {
    version: u64,
    secret_version: u64,
    #[serde(flatten)]
    envelope: Envelope,
}

struct Job<'a> {
    operator: &'a Operator,
    envelopes: Envelopes,
    seal: Seal,
    /// ARN of the key to move to.
    to: String,
    is_dry: bool,
}

/// The subcommand: a bar while it works, then failures on the standard error and one line on the standard output.
///
/// # Errors
/// Why it could not go on; what is moved by then is moved.
pub async fn run(operator: &Operator, arguments: &Arguments) -> Result<ExitCode, Failure> {
    let bar = Bar::new();
    let report = rewrap(operator, arguments, bar.show()).await;
    bar.finish();
    Ok(finish(&report?, arguments.dry_run))
}

/// Tells what has become of everything: failures on the standard error, one line on the standard output.
pub(crate) fn finish(report: &Rewrapped, is_dry: bool) -> ExitCode {
    for (record, why) in &report.failed {
        eprintln!("{record}: {why}");
    }
    for record in &report.changed {
        eprintln!("{record}: changed meanwhile, run again");
    }
    if is_dry {
        println!("{} to move, {} there already, {} unreadable", report.moved, report.there, report.failed.len());
    } else {
        println!("{report}");
    }
    if report.is_complete() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The work itself. `progress` is told how many records are done, and of how many.
///
/// # Errors
/// When there is no such key, or the table cannot be read; what is moved by then is moved.
pub async fn rewrap(
    operator: &Operator,
    arguments: &Arguments,
    progress: impl Fn(u64, u64),
) -> Result<Rewrapped, Failure> {
    let to = seal::key_arn(&operator.aws, &arguments.to).await?;
    let job = Job {
        operator,
        envelopes: Envelopes::new(&operator.aws, &to, operator.stage),
        seal: Seal::new(&operator.aws, &to),
        to,
        is_dry: arguments.dry_run,
    };
    // Counting first costs the same reads again, which are cheap; a bar without an end would help nobody.
    let total = 1 + job.rows().try_fold(0, |count, _| future::ready(Ok(count + 1))).await?;
    let mut report = Rewrapped::default();
    report.add("the vault's own key".to_owned(), job.own_key().await);
    progress(1, total);
    let job = &job;
    let outcomes = job.rows().map_ok(|row| async { Ok(job.one(row).await) });
    let mut outcomes = pin!(outcomes.try_buffer_unordered(IN_FLIGHT));
    while let Some((record, outcome)) = outcomes.try_next().await? {
        report.add(record, outcome);
        progress(report.total(), total);
    }
    Ok(report)
}

impl Job<'_> {
    /// Every exchange key there is, read page by page.
    fn rows(&self) -> impl Stream<Item = Result<Found, Failure>> {
        let pages = stream::try_unfold(Some(None), |from| async {
            let Some(from) = from else { return Ok(None) };
            let (rows, next) = self.operator.store.scan(AllRows::ExchangeKeys, from).await?;
            Ok::<_, Failure>(Some((stream::iter(rows).map(Ok), next.map(Some))))
        });
        pages.try_flatten()
    }

    /// Moves one row: its name, and its state after that. A failure is one record's alone.
    async fn one(&self, row: Found) -> (String, Result<RecordState, Failure>) {
        let (pk, sk) = row.key();
        let Some((account, key)) = Row::exchange_key(pk, sk) else {
            return (format!("row {pk}, {sk}"), Err("the primary key is malformed".into()));
        };
        let outcome = match row.read() {
            Ok(record) => self.key(account, key, record).await,
            Err(error) => Err(error),
        };
        (format!("key {key} of account {account}"), outcome.map_err(Failure::from))
    }

    async fn key(&self, account: AccountId, key: KeyId, mut record: Record) -> Result<RecordState, Error> {
        for _ in 0..ROUNDS {
            if record.envelope.kms_key_arn == self.to {
                return Ok(RecordState::There);
            }
            if self.is_dry {
                return Ok(RecordState::Moved);
            }
            let Record { version, secret_version, envelope } = &record;
            let sealed = RecordVersion { account, key, version: *secret_version };
            let moved = self.envelopes.rewrap(sealed, envelope, &self.to).await?;
            // The owner's changes count versions; this is none. It may meet one, though, and then writes nothing.
            let update = Update::new(Row::ExchangeKey(account, key))
                .set("edk", &moved.edk)?
                .set("kms_key_arn", &moved.kms_key_arn)?
                .when(Condition::equals("version", version)?)
                .when(Condition::equals("secret_version", secret_version)?)
                .when(Condition::equals("edk", &envelope.edk)?);
            match self.operator.store.update::<IgnoredAny>(update).await? {
                Written::Done(_) => return Ok(RecordState::Moved),
                Written::Conflict(None) => return Ok(RecordState::Deleted),
                Written::Conflict(Some(row)) => {
                    record = row.read()?;
                    // This very write, whose first answer was lost.
                    if record.envelope.edk == moved.edk {
                        return Ok(RecordState::Moved);
                    }
                }
            }
        }
        Ok(RecordState::Changed)
    }

    /// The secret of the vault itself: as long as it lies under the old key, that key cannot be switched off.
    async fn own_key(&self) -> Result<RecordState, Failure> {
        let store = &self.operator.store;
        let Some(secret) = store.get::<SealedSecret>(Row::VaultKey).await? else {
            // No instance of the function has ever started; the first one makes it.
            return Ok(RecordState::There);
        };
        move_secret(store, &self.seal, Row::VaultKey, &secret, &self.to, self.is_dry).await
    }
}

/// Moves a small secret by one write, under the condition that it is as it was read. What else its row holds stays as it is.
pub(crate) async fn move_secret(
    store: &Store,
    seal: &Seal,
    row: Row<'_>,
    secret: &SealedSecret,
    to: &str,
    is_dry: bool,
) -> Result<RecordState, Failure> {
    if secret.kms_key_arn == to {
        return Ok(RecordState::There);
    }
    if is_dry {
        return Ok(RecordState::Moved);
    }
    let moved = seal.rewrap(secret.purpose, secret, to).await?;
    let update = Update::new(row).set_all(&moved)?.when(Condition::equals("sealed", &secret.sealed)?);
    written(store, update, |there: &SealedSecret| there.sealed == moved.sealed).await
}

/// Where a record is after the write that moves it. One whose answer was lost is refused by its own row when it is tried again: what `is_ours`
/// has been moved.
pub(crate) async fn written<T: DeserializeOwned>(
    store: &Store,
    update: Update<'_>,
    is_ours: impl Fn(&T) -> bool,
) -> Result<RecordState, Failure> {
    Ok(match store.update::<IgnoredAny>(update).await? {
        Written::Done(_) => RecordState::Moved,
        Written::Conflict(None) => RecordState::Deleted,
        Written::Conflict(Some(row)) => {
            let is_moved = is_ours(&row.read()?);
            if is_moved { RecordState::Moved } else { RecordState::Changed }
        }
    })
}

impl Rewrapped {
    /// Whether nothing is left to do, as far as this run knows.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.changed.is_empty() && self.failed.is_empty()
    }

    pub(crate) fn add(&mut self, record: String, outcome: Result<RecordState, Failure>) {
        match outcome {
            Ok(RecordState::Moved) => self.moved += 1,
            Ok(RecordState::There) => self.there += 1,
            Ok(RecordState::Deleted) => self.deleted += 1,
            Ok(RecordState::Changed) => self.changed.push(record),
            Err(why) => self.failed.push((record, why)),
        }
    }

    fn total(&self) -> u64 {
        self.moved + self.there + self.deleted + (self.changed.len() + self.failed.len()) as u64
    }
}

impl fmt::Display for Rewrapped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { moved, there, deleted, changed, failed } = self;
        let (changed, failed) = (changed.len(), failed.len());
        write!(f, "{moved} moved, {there} there already, {deleted} deleted meanwhile, ")?;
        write!(f, "{changed} changed meanwhile, {failed} failed")
    }
}
