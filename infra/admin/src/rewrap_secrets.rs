//! `rewrap-secrets`: moves the small secrets of the service, and the copy of the link key that `mail` has, to another KMS key. As with
//! `rewrap`, KMS does it inside, and it may be broken off anywhere and run again.

use std::process::ExitCode;

use clap::Args;
use shared::{
    keys::{Row, Rows},
    rotation::Generation,
    seal::{self, Seal, SealedSecret},
};

use crate::{
    operator::{Failure, Operator},
    rewrap::{Report, finish, move_secret},
};

/// Move pepper, link key and signing keys to another KMS key.
///
/// Switch the functions to that key first. Webhook secrets are in the configuration: `kyc-secret` seals them anew.
#[derive(Args)]
pub struct Arguments {
    /// The key to move to: its ARN, its id or an alias.
    #[arg(long, value_name = "KEY")]
    pub to: String,
    /// Only count what there is to move.
    #[arg(long)]
    pub dry_run: bool,
}

/// The subcommand: failures on the standard error and one line on the standard output.
///
/// # Errors
/// Why it could not go on; what is moved by then is moved.
pub async fn run(operator: &Operator, arguments: &Arguments) -> Result<ExitCode, Failure> {
    let report = rewrap_secrets(operator, arguments).await?;
    Ok(finish(&report, arguments.dry_run))
}

/// The work itself.
///
/// # Errors
/// When there is no such key, or a table cannot be read; what is moved by then is moved.
pub async fn rewrap_secrets(operator: &Operator, arguments: &Arguments) -> Result<Report, Failure> {
    let to = seal::key_arn(&operator.aws, &arguments.to).await?;
    let (store, seal) = (&operator.store, Seal::new(&operator.aws, &to));
    let stored: Vec<Generation> = store.query(Rows::Secrets).await?;
    let copy: Option<SealedSecret> = store.get(Row::MailLinkKey).await?;
    let secrets = stored.into_iter().map(|secret| {
        let name = format!("{} {}", secret.secret.purpose.as_str(), secret.number);
        (name, secret.row(), secret.secret)
    });
    let copy = copy.map(|secret| ("the copy of link-key".to_owned(), Row::MailLinkKey, secret));
    let mut report = Report::default();
    for (name, row, secret) in secrets.chain(copy) {
        report.add(name, move_secret(store, &seal, (row, &secret), &to, arguments.dry_run).await);
    }
    Ok(report)
}
