//! `events-show`: what has happened to an account, and to what it has allowed programs.

use std::process::ExitCode;

use clap::Args;
use shared::{
    events::{AccountEvent, By},
    ids::AccountId,
    tables::Rows,
};

use crate::{
    identity_check::account,
    operator::{Failure, Operator},
};

/// Show what has happened to an account, oldest first.
///
/// One line for each event: time, action, outcome, by whom, country, kind of client, id. The IP stays in the table.
#[derive(Args)]
pub struct Arguments {
    /// The user: `user.id` of the API.
    #[arg(long, value_name = "USER_ID", value_parser = account)]
    pub user: AccountId,
}

/// The subcommand.
///
/// # Errors
/// When a table cannot be read.
pub async fn run(operator: &Operator, arguments: &Arguments) -> Result<ExitCode, Failure> {
    for line in show(operator, arguments.user).await? {
        println!("{line}");
    }
    Ok(ExitCode::SUCCESS)
}

/// One line for each event.
///
/// # Errors
/// When a table cannot be read.
pub async fn show(operator: &Operator, user: AccountId) -> Result<Vec<String>, Failure> {
    let mut events: Vec<AccountEvent> = operator.store.query(Rows::AccountEventsOf(user)).await?;
    events.extend(operator.store.query::<AccountEvent>(Rows::GrantEventsOf(user)).await?);
    events.sort_by_key(|event| *event.id.as_bytes());
    Ok(events.iter().map(line).collect())
}

fn line(event: &AccountEvent) -> String {
    let by = match event.circumstances.by {
        By::User => "user",
        By::Link => "link",
        By::Token => "token",
        By::Operator => "operator",
    };
    let (at, action, outcome, id) = (event.circumstances.at.to_string(), event.action.name(), &event.outcome, event.id);
    let country = event.circumstances.country.as_deref().unwrap_or("-");
    let device = event.circumstances.device.as_deref().unwrap_or("-");
    format!("{at}  {action:<22}  {outcome}  {by:<8}  {country:<2}  {device:<24}  {id}")
}
