//! `kyc-show`: all that has been reported of a user's identity check, and where it stands.

use std::process::ExitCode;

use clap::Args;
use shared::{
    ids::AccountId,
    kyc::{KycClaim, KycReport, KycStatus, claims_of, history, reports_of, standing},
    time::Timestamp,
};

use crate::{
    identity_check::{account, described},
    operator::{Failure, Operator},
};

/// Show what has been reported of a user, and where the identity check stands.
///
/// One line for each report, by time: time, provider, type, status, reason, and what came of it. Where the provider claims a time
/// that cannot be true, that follows, and where another report of the same event says something else, of this user or of
/// another, that.
#[derive(Args)]
pub struct Arguments {
    /// The user: `user.id` of the API.
    #[arg(long, value_name = "USER_ID", value_parser = account)]
    pub user: AccountId,
}

/// The subcommand.
///
/// # Errors
/// When the table cannot be read.
pub async fn run(operator: &Operator, arguments: &Arguments) -> Result<ExitCode, Failure> {
    for line in show(operator, arguments.user).await? {
        println!("{line}");
    }
    Ok(ExitCode::SUCCESS)
}

/// The reports by time, and last the standing. Words and times only: ids of sessions and events stay in the table.
///
/// # Errors
/// When the table cannot be read.
pub async fn show(operator: &Operator, user: AccountId) -> Result<Vec<String>, Failure> {
    let reports = reports_of(&operator.store, &user.to_string()).await?;
    let mut in_turn = history(&reports);
    // Those without a time count last, but are looked for where they came in.
    in_turn.sort_by_key(|(report, _)| report.moment());
    let mut lines = Vec::new();
    for (report, counts) in in_turn {
        let claims = claims_of(&operator.store, &report.provider, &report.event).await?;
        lines.push(line(report, counts) + &remarks(report, &claims));
    }
    lines.push(described(&standing(&reports)));
    Ok(lines)
}

fn line(report: &KycReport, counts: bool) -> String {
    let (time, kind) = (report.moment().to_string(), &report.kind);
    let provider = &report.provider;
    let status = report.status.map_or("-", KycStatus::as_str);
    let reason = report.reason.as_deref().unwrap_or("-");
    let outcome = match (&report.obstacle, counts) {
        (Some(obstacle), _) => obstacle,
        (None, true) => "ok",
        (None, false) => "changes_nothing",
    };
    format!("{time}  {provider:<15}  {kind:<28}  {status:<22}  {reason:<22}  {outcome}")
}

fn remarks(report: &KycReport, claims: &[KycClaim]) -> String {
    let claimed = report.occurred_ms.filter(|claimed| report.counted_ms() != Some(*claimed));
    let claimed = claimed.map(|ms| format!("  claims_{}", Timestamp::from_second(ms.div_euclid(1000))));
    let is_contradicted = claims.iter().any(|one| claims.iter().any(|other| one.contradicts(other)));
    claimed.unwrap_or_default() + if is_contradicted { "  contradicted" } else { "" }
}
