//! `events-check`: holds what has happened to an account, as the tables have it, against the log, where nobody writes who writes tables.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};

use clap::Args;
use serde_json::Value;
use shared::{
    events::{AccountEvent, KEPT, Line, LineKind},
    ids::{AccountId, EventId},
    store::Store,
    tables::{Row, Rows},
    time::{Clock, Timestamp},
};

use crate::{
    identity_check::account,
    operator::{Failure, Operator},
};

/// Between a line and its row.
const UNDER_WAY: Duration = Duration::from_mins(1);

/// Find events of an account that somebody has forged, changed or taken away.
///
/// Every row must have its line in the log, with the hash of what the row says, and every line its row. Lines are read from files, as the guide
/// has them exported: those of auth, of oauth and of operators. Rows from before the first line of all are not judged.
#[derive(Args)]
pub struct Arguments {
    /// The user: `user.id` of the API.
    #[arg(long, value_name = "USER_ID", value_parser = account)]
    pub user: AccountId,
    /// A file with lines of the log; as often as there are some.
    #[arg(long, value_name = "FILE", required = true)]
    pub log: Vec<PathBuf>,
}

/// What is wrong with one event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// There is a row, and no line: somebody else has written it.
    Forged,
    /// There is a row that says something else than when its line was written.
    Changed,
    /// There is a line, and no row: somebody has taken it away.
    Missing,
}

/// What came of it.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Checked {
    /// Events that are as they were written.
    pub sound: u64,
    /// Rows from before the first line of all: nobody knows.
    pub unknown: u64,
    /// Those that are not, by time.
    pub wrong: Vec<(EventId, Wrong)>,
    /// Whether its row says that the account was deleted: then its events went with it. Who takes events away can write that, too, so it
    /// is said and not gone by.
    pub is_said_to_have_ended: bool,
}

/// The events of an account lie in two lists, each in a table of whoever writes it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum List {
    /// Of the account itself.
    Account,
    /// Of what it has allowed programs.
    Grants,
}

/// What the log says of one event.
#[derive(Default)]
struct Said {
    twin: Option<String>,
    is_void: bool,
}

/// The lines of the log that are about events.
struct Log {
    /// When the first one was written.
    from_ms: u64,
    /// Those of the account.
    said: BTreeMap<String, (EventId, Said)>,
}

/// The subcommand: one line for each event that is wrong, and one for the others.
///
/// # Errors
/// When a file or a table cannot be read, or no file has a line about any event.
pub async fn run(operator: &Operator, arguments: &Arguments, clock: &Clock) -> Result<ExitCode, Failure> {
    let Checked { sound, unknown, wrong, is_said_to_have_ended } = check(operator, arguments, clock).await?;
    for (id, wrong) in &wrong {
        let word = match wrong {
            Wrong::Forged => "forged: a row without a line",
            Wrong::Changed => "changed: the row is not what was written",
            Wrong::Missing => "missing: a line without a row",
        };
        println!("{}  {id}  {word}", moment(id.unix_ms()));
    }
    if is_said_to_have_ended {
        println!(
            "the account's row says that it was deleted: its events went with it, if that is true (log: account_ended)"
        );
    }
    println!("{sound} sound, {} wrong, {unknown} from before the log", wrong.len());
    Ok(if wrong.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The work itself.
///
/// # Errors
/// When a file or a table cannot be read, or no file has a line about any event.
pub async fn check(
    operator: &Operator,
    Arguments { user, log }: &Arguments,
    clock: &Clock,
) -> Result<Checked, Failure> {
    let texts = log.iter().map(|path| read(path)).collect::<Result<Vec<_>, _>>()?;
    let Log { from_ms, mut said } =
        Log::of(*user, &texts).ok_or("no line of these files is about an event of any account")?;
    let mut checked = Checked::default();
    for (list, row) in listed(&operator.store, *user).await? {
        let Some(id) = row["id"].as_str().and_then(EventId::parse) else {
            return Err("a row that is listed as an event has no id".into());
        };
        let event: Option<AccountEvent> = serde_json::from_value(row.clone()).ok();
        // What the log says of its id is of a row in the other list, if this one belongs there.
        let is_in_place = event.as_ref().is_none_or(|event| List::of(event) == list);
        let known = is_in_place.then(|| said.remove(&id.to_string())).flatten();
        // What is stored under another key than its own, or says nothing, is not what was written.
        let own = twin_of(event, &row);
        match known {
            Some((_, Said { twin, .. })) if twin.is_some() && twin == own => checked.sound += 1,
            Some((_, Said { twin: Some(_), .. })) => checked.wrong.push((id, Wrong::Changed)),
            _ if id.unix_ms() < from_ms => checked.unknown += 1,
            _ => checked.wrong.push((id, Wrong::Forged)),
        }
    }
    let now = clock.now();
    let due = |id: EventId| (now - KEPT..now - UNDER_WAY).contains(&moment(id.unix_ms()));
    let lost = said.into_values().filter(|(id, said)| said.twin.is_some() && !said.is_void && due(*id));
    checked.wrong.extend(lost.map(|(id, _)| (id, Wrong::Missing)));
    checked.wrong.sort_by_key(|(id, _)| *id.as_bytes());
    let account: Option<Value> = operator.store.get(Row::Account(*user)).await?;
    checked.is_said_to_have_ended = account.is_none_or(|account| account["ended_at"].is_number());
    Ok(checked)
}

/// The rows of both lists of an account.
async fn listed(store: &Store, user: AccountId) -> Result<Vec<(List, Value)>, Failure> {
    let mut listed = Vec::new();
    for list in [List::Account, List::Grants] {
        let rows = store.query::<Value>(list.of_account(user)).await?;
        listed.extend(rows.into_iter().map(|row| (list, row)));
    }
    Ok(listed)
}

impl List {
    const fn of(event: &AccountEvent) -> Self {
        match event.row() {
            Row::GrantEvent(..) => Self::Grants,
            _ => Self::Account,
        }
    }

    const fn of_account(self, user: AccountId) -> Rows<'static> {
        match self {
            Self::Account => Rows::AccountEventsOf(user),
            Self::Grants => Rows::GrantEventsOf(user),
        }
    }
}

/// The hash of what a row says; none where it is no event, or where its key names another one.
fn twin_of(event: Option<AccountEvent>, row: &Value) -> Option<String> {
    let event = event?;
    let is_its_own = row["sk"] == format!("EVENT#{}", event.id) && row["pk"] == format!("ACCOUNT#{}", event.account);
    event.twin().ok().filter(|_| is_its_own)
}

fn moment(unix_ms: u64) -> Timestamp {
    Timestamp::from_second(i64::try_from(unix_ms / 1_000).unwrap_or(i64::MAX))
}

fn read(path: &Path) -> Result<String, Failure> {
    fs::read_to_string(path).map_err(|error| Failure::from(format!("{}: {error}", path.display())))
}

impl Log {
    /// What lines say of the events of `user`; none where they say nothing of anybody's.
    fn of(user: AccountId, texts: &[String]) -> Option<Self> {
        let (mut from_ms, mut said) = (None::<u64>, BTreeMap::<String, (EventId, Said)>::new());
        let mut voided = Vec::new();
        for line in texts.iter().flat_map(|text| text.lines()).filter_map(line) {
            let ms = line.id.unix_ms();
            from_ms = Some(from_ms.map_or(ms, |from| from.min(ms)));
            match line.event {
                LineKind::AccountEvent if line.account == Some(user) => {
                    said.insert(line.id.to_string(), (line.id, Said { twin: line.twin, is_void: false }));
                }
                LineKind::AccountEventVoid => voided.push(line.id.to_string()),
                LineKind::AccountEvent | LineKind::AccountChanged => {}
            }
        }
        for id in voided {
            if let Some((_, said)) = said.get_mut(&id) {
                said.is_void = true;
            }
        }
        from_ms.map(|from_ms| Self { from_ms, said })
    }
}

/// A line about an event, whatever stands before it: tools print time and stream there.
fn line(text: &str) -> Option<Line> {
    let (start, end) = (text.find('{')?, text.rfind('}')?);
    serde_json::from_str(text.get(start..=end)?).ok()
}
