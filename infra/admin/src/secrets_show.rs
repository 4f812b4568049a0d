//! `secrets-show`: which secrets the service has, since when and until when, and under which KMS key. Opens none.

use std::process::ExitCode;

use clap::Args;
use shared::{
    caller::token::VerifyingKey,
    link::LinkKeys,
    rotation::{self, SecretVersion},
    seal::SecretPurpose,
    tables::{Row, Rows},
    time::{Clock, Timestamp},
};

use crate::operator::{Failure, Operator};

const PURPOSES: [SecretPurpose; 5] = [
    SecretPurpose::Pepper,
    SecretPurpose::LinkKey,
    SecretPurpose::SigningKey,
    SecretPurpose::AccountKey,
    SecretPurpose::ImportKey,
];

/// Show the small secrets of the service: number, use, KMS key; and the published keys of access tokens.
#[derive(Args)]
pub struct Arguments;

/// The subcommand.
///
/// # Errors
/// When the tables cannot be read.
pub async fn run(operator: &Operator, _: &Arguments, clock: &Clock) -> Result<ExitCode, Failure> {
    for line in show(operator, clock).await? {
        println!("{line}");
    }
    Ok(ExitCode::SUCCESS)
}

/// One line for each secret by purpose and age, one for the copies of link keys that `mail` has, then one for each published key.
/// Names and times only.
///
/// # Errors
/// When the tables cannot be read.
pub async fn show(operator: &Operator, clock: &Clock) -> Result<Vec<String>, Failure> {
    let now = clock.now();
    let stored: Vec<SecretVersion> = operator.store.query(Rows::Secrets).await?;
    let published: Vec<VerifyingKey> = operator.store.query(Rows::VerifyingKeys).await?;
    let mut lines = Vec::new();
    for purpose in PURPOSES {
        let secrets = rotation::of(purpose, &stored);
        let in_use = secrets.iter().rfind(|secret| !secret.is_pending(now)).map(|secret| secret.number);
        for version in secrets {
            let SecretVersion { secret, number, from, until } = version;
            let name = format!("{} {number}", purpose.as_str());
            let use_ = match (from, until) {
                (_, Some(until)) if version.has_ended(now) => format!("ended at {until}"),
                (Some(from), _) if *from > now => format!("used from {from}"),
                _ if Some(*number) == in_use => "in use".to_owned(),
                (_, Some(until)) => format!("replaced, good until {until}"),
                (_, None) => "replaced".to_owned(),
            };
            lines.push(format!("{name:<14}  {use_:<41}  {}", secret.kms_key_arn));
        }
    }
    let copies: Option<LinkKeys> = operator.store.get(Row::MailLinkKeys).await?;
    let numbers = copies.iter().flat_map(|copies| &copies.keys).map(|key| key.number.to_string());
    lines.push(format!("mail has link-key {}", numbers.collect::<Vec<_>>().join(", ")));
    lines.extend(published.iter().map(|key| described(key, now)));
    Ok(lines)
}

fn described(key: &VerifyingKey, now: Timestamp) -> String {
    let kid = &key.public.kid;
    match key.until {
        None => format!("{kid}  published"),
        Some(until) if key.is_withdrawn(now) => format!("{kid}  withdrawn at {until}"),
        Some(until) => format!("{kid}  published until {until}"),
    }
}
