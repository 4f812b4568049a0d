//! `endings-show`: the accounts that are to be deleted, and what is done of each.

use std::process::ExitCode;

use shared::{
    endings::{Ending, Part},
    ids::AccountId,
    tables::{Row, Rows},
    time::{Clock, Timestamp},
};

use crate::operator::{Failure, Operator};

/// Nothing is due so late: a second of twelve digits.
const LAST: Timestamp = Timestamp::from_second(999_999_999_999);

/// The subcommand: a line for each account on the standard output, those that are due first before the others.
///
/// # Errors
/// Why they cannot be seen.
pub async fn run(operator: &Operator, clock: &Clock) -> Result<ExitCode, Failure> {
    let lines = show(operator, clock).await?;
    for line in &lines {
        println!("{line}");
    }
    println!("{} accounts", lines.len());
    Ok(ExitCode::SUCCESS)
}

/// The work itself.
///
/// # Errors
/// When the table cannot be read.
pub async fn show(operator: &Operator, clock: &Clock) -> Result<Vec<String>, Failure> {
    let rows = operator.store.found_before(Rows::Endings, Row::Ending(LAST, AccountId::from_bytes([0; 16]))).await?;
    let lines = rows.into_iter().map(|row| {
        let name = row.key().1.to_owned();
        match Ending::read(row) {
            Ok(ending) => line(&ending, clock.now()),
            Err(_) => format!("{name}: nobody can read it"),
        }
    });
    Ok(lines.collect())
}

fn line(ending: &Ending, now: Timestamp) -> String {
    let Ending { account, due_at, marks } = ending;
    let due = format!("{account} due {due_at}");
    let begun = marks.begun_at().map(|at| format!(", begun {at}"));
    let parts = Part::ALL.map(|part| marks.done_at(part).map(|at| format!(", {} {at}", part.mark())));
    let overdue = Some(now.seconds_from(*due_at)).filter(|overdue| *overdue > 0);
    let overdue = overdue.map(|overdue| format!(", overdue for {overdue} s"));
    [Some(due), begun].into_iter().chain(parts).chain([overdue]).flatten().collect()
}
