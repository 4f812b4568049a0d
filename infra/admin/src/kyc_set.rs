//! `kyc-set`: an operator decides by hand. It is a report like those of providers, so it stays in the history, and what happened
//! before it cannot undo it.

use std::{process::ExitCode, str::FromStr};

use clap::{
    Args,
    builder::{PossibleValuesParser, TypedValueParser},
};
use shared::{
    blank::is_blank,
    ids::{AccountId, EventId},
    kyc::{KycReport, KycStatus, MANUAL, Standing, reports_of, standing},
    store::{Condition, Put, Written},
    time::Clock,
};

use crate::{
    identity_check::{account, described},
    operator::{Failure, Operator},
};

/// The longest reason. Bytes.
const MAX_REASON: usize = 64;
/// The longest level. Characters; as long as one of a provider.
const MAX_LEVEL: usize = 256;

/// Set by hand where the identity check of a user stands.
///
/// Reports of providers that happened before do not undo it; later ones count as after a report of any other session.
#[derive(Args)]
pub struct Arguments {
    /// The user: `user.id` of the API.
    #[arg(long, value_name = "USER_ID", value_parser = account)]
    pub user: AccountId,
    /// Where the check stands from now on.
    #[arg(long, value_parser = statuses())]
    pub status: KycStatus,
    /// Why: a code of a-z, 0-9 and _, no text, so that nothing personal gets in. The user sees it.
    #[arg(long)]
    pub reason: Reason,
    /// What was checked.
    #[arg(long)]
    pub level: Option<Level>,
}

/// A reason that says nothing of a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason(pub(crate) String);

impl FromStr for Reason {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        let is_code = !text.is_empty() && text.len() <= MAX_REASON && text.bytes().all(is_letter);
        if is_code { Ok(Self(text.to_owned())) } else { Err("a reason is 1 to 64 of a-z, 0-9 and _") }
    }
}

/// The name of a level, workflow or template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Level(String);

impl FromStr for Level {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_name = !is_blank(text) && text.chars().count() <= MAX_LEVEL && !text.chars().any(char::is_control);
        if is_name {
            Ok(Self(text.to_owned()))
        } else {
            Err("a level is 1 to 256 characters, one of them visible and none of them a control one")
        }
    }
}

/// Where a check stood before an operator set it, and where it stands after that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Where the check stood.
    pub before: String,
    /// Where the check stands.
    pub after: String,
    /// Whether the check stands there because of what was set. Not, when a report is of a later time or may have come in after it.
    pub is_in_force: bool,
}

/// The subcommand: two lines on the standard output.
///
/// # Errors
/// Why nothing could be set, or not be seen.
pub async fn run(operator: &Operator, arguments: &Arguments, clock: &Clock) -> Result<ExitCode, Failure> {
    let change = set(operator, arguments, clock).await?;
    println!("before: {}\nafter:  {}", change.before, change.after);
    if change.is_in_force {
        return Ok(ExitCode::SUCCESS);
    }
    eprintln!(
        "It is kept, but a report decides that is of a later time or came in within this second. Is this clock right? Then set it \
         again; kyc-show lists them all."
    );
    Ok(ExitCode::FAILURE)
}

/// The work itself.
///
/// # Errors
/// When the table cannot be read or written.
pub async fn set(operator: &Operator, arguments: &Arguments, clock: &Clock) -> Result<Change, Failure> {
    let (store, user) = (&operator.store, arguments.user.to_string());
    let reports = reports_of(store, &user).await?;
    let before = described(&standing(&reports));
    // What an operator decides comes after all that is known, even what claims to be of a later time than now.
    let latest = reports.iter().filter_map(KycReport::counted_ms).max().unwrap_or_default();
    let now = i64::try_from(clock.unix_ms()).unwrap_or(i64::MAX);
    let report = report(arguments, clock, now.max(latest.saturating_add(1)))?;
    let row = Put::new(report.row(Some(&user)), &report)?.when(Condition::New);
    match store.put(row).await? {
        // Nobody else knows the id: what is there already is this very write, whose first answer was lost.
        Written::Done(()) | Written::Conflict(_) => {}
    }
    let reports = reports_of(store, &user).await?;
    let now = standing(&reports);
    let Standing { by, .. } = now;
    Ok(Change { before, after: described(&now), is_in_force: by.is_some_and(|by| by.event == report.event) })
}

fn report(arguments: &Arguments, clock: &Clock, occurred_ms: i64) -> Result<KycReport, Failure> {
    Ok(KycReport {
        provider: MANUAL.to_owned(),
        event: EventId::random()?.to_string(),
        kind: "set".to_owned(),
        session: None,
        level: arguments.level.as_ref().map(|level| level.0.clone()),
        status: Some(arguments.status),
        obstacle: None,
        ends_approval: false,
        reason: Some(arguments.reason.0.clone()),
        occurred_ms: Some(occurred_ms),
        received_at: clock.now(),
        // There is no body.
        body_sha256: String::new(),
    })
}

fn statuses() -> impl TypedValueParser<Value = KycStatus> {
    let names = PossibleValuesParser::new(KycStatus::ALL.map(KycStatus::as_str));
    names.try_map(|name| KycStatus::parse(&name).ok_or("no such status"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_a_code_and_never_a_text() {
        for code in ["x", "documents_seen_2", &"a".repeat(64)] {
            assert_eq!(code.parse(), Ok(Reason(code.to_owned())));
        }
        for text in ["", "Ada", "ada lovelace", "ada@example.com", "a-b", "ä", "a\n", &"a".repeat(65)] {
            assert!(text.parse::<Reason>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_level_is_a_name() {
        for name in ["basic", "id and liveness", &"ä".repeat(256)] {
            assert_eq!(name.parse(), Ok(Level(name.to_owned())));
        }
        for text in ["", " ", "\u{200b}", "a\nb", "\u{1b}[2J", &"a".repeat(257)] {
            assert!(text.parse::<Level>().is_err(), "{text:?}");
        }
    }
}
