//! `rewrap-secrets`: moves the small secrets of the service, and the copies of link keys that `mail` has, to another KMS key. As with
//! `rewrap`, KMS does it inside, and it may be broken off anywhere and run again.

use std::process::ExitCode;

use clap::Args;
use shared::{
    link::LinkKeys,
    rotation::SecretVersion,
    seal::{self, Seal},
    store::{Condition, Store, Update},
    tables::{Row, Rows},
};

use crate::{
    operator::{Failure, Operator},
    rewrap::{RecordState, Rewrapped, finish, move_secret, written},
};

/// Move pepper, link key, signing keys and account key to another KMS key.
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
pub async fn rewrap_secrets(operator: &Operator, arguments: &Arguments) -> Result<Rewrapped, Failure> {
    let to = seal::key_arn(&operator.aws, &arguments.to).await?;
    let (store, seal) = (&operator.store, Seal::new(&operator.aws, &to));
    let stored: Vec<SecretVersion> = store.query(Rows::Secrets).await?;
    let copies: Option<LinkKeys> = store.get(Row::MailLinkKeys).await?;
    let mut report = Rewrapped::default();
    for secret in &stored {
        let name = format!("{} {}", secret.secret.purpose.as_str(), secret.number);
        report.add(name, move_secret(store, &seal, secret.row(), &secret.secret, &to, arguments.dry_run).await);
    }
    let name = "the copy of link-key".to_owned();
    if let Some(copies) = copies {
        report.add(name, move_copies(store, &seal, copies.keys, &to, arguments.dry_run).await);
    }
    Ok(report)
}

/// Moves what `mail` has by one write, under the condition that it is as it was read: their row is one record, and whoever replaces
/// the link key in between has written it anew.
async fn move_copies(
    store: &Store,
    seal: &Seal,
    copies: Vec<SecretVersion>,
    to: &str,
    is_dry: bool,
) -> Result<RecordState, Failure> {
    let mut moved = copies.clone();
    let old: Vec<_> = moved.iter_mut().filter(|copy| copy.secret.kms_key_arn != to).collect();
    if old.is_empty() {
        return Ok(RecordState::There);
    }
    if is_dry {
        return Ok(RecordState::Moved);
    }
    for SecretVersion { secret, .. } in old {
        *secret = seal.rewrap(secret.purpose, secret, to).await?;
    }
    let update = Update::new(Row::MailLinkKeys).set("keys", &moved)?.when(Condition::equals("keys", &copies)?);
    let sealed = |keys: &[SecretVersion]| keys.iter().map(|key| key.secret.sealed.clone()).collect::<Vec<_>>();
    written(store, update, |there: &LinkKeys| sealed(&there.keys) == sealed(&moved)).await
}
