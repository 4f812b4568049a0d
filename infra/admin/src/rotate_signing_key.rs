//! `rotate-signing-key`: a new key for access tokens, in a single transaction: the new secret, the end of the old one, and the same
//! for their public halves. So there is nothing to be broken off in the middle, and of two operators one is refused.

use std::{process::ExitCode, time::Duration};

use clap::Args;
use shared::{
    caller::token::{LIFE, PublicKey, VerifyingKey, new_signing_key},
    rotation::{self, SKEW, SecretVersion},
    seal::SecretPurpose,
    store::{Condition, Put, Write},
    tables::{Row, Rows},
    time::{Clock, Timestamp},
};

use crate::{
    operator::{Failure, Operator},
    successor::{announce_end, end, goes_on, successor, times, went_through},
};

/// A withdrawn key is deleted this long after its end. Until then it tells whose session an expired token may still log out; no
/// session lives longer than its last use by more than 30 days.
const REMEMBERED: Duration = Duration::from_hours(31 * 24);

/// Replace the key that signs access tokens.
///
/// The new key is published at once and signs from 30 minutes later; the old one stays good until its last token has expired, and is
/// withdrawn then by itself.
#[derive(Args)]
pub struct Arguments {
    /// The old key is known to somebody else: withdraw it now, and with it every access token. Sessions go on by a refresh.
    #[arg(long)]
    pub compromised: bool,
}

/// What has been arranged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rotation {
    /// The new key.
    pub kid: String,
    /// When it begins to sign.
    pub from: Timestamp,
    /// The keys that end by this, and when.
    pub ended: Vec<String>,
    /// When their tokens are worthless.
    pub until: Timestamp,
}

/// The subcommand: one line for each key on the standard output.
///
/// # Errors
/// Why there is no new key.
pub async fn run(operator: &Operator, arguments: &Arguments, clock: &Clock) -> Result<ExitCode, Failure> {
    let Rotation { kid, from, ended, until } = rotate(operator, arguments, clock).await?;
    println!("{kid} signs from {from}");
    announce_end(&ended, until, arguments.compromised);
    Ok(ExitCode::SUCCESS)
}

/// The work itself.
///
/// # Errors
/// When a rotation is under way or there is nothing to rotate; when the tables cannot be read or written, or KMS refuses.
pub async fn rotate(operator: &Operator, arguments: &Arguments, clock: &Clock) -> Result<Rotation, Failure> {
    let (store, now) = (&operator.store, clock.now());
    let stored: Vec<SecretVersion> = store.query(Rows::Secrets).await?;
    let secrets = rotation::of(SecretPurpose::SigningKey, &stored);
    let newest = *secrets.last().ok_or("there is no signing key; the first start of auth makes it")?;
    let published: Vec<VerifyingKey> = store.query(Rows::VerifyingKeys).await?;
    let (from, until) = times(newest, arguments.compromised, LIFE + SKEW, now)?;
    if published.is_empty() && !arguments.compromised {
        return Err("the signing key is not published; a start of auth publishes it".into());
    }

    let key = new_signing_key()?;
    let new = successor(operator, newest, &key, from).await?;
    let public = PublicKey::of(&key)?;
    let kid = public.kid.clone();
    let public = VerifyingKey { public, until: None };
    let mut writes = vec![
        Write::Put(Put::new(new.row(), &new)?.when(Condition::New)),
        Write::Put(Put::new(Row::VerifyingKey(&kid), &public)?.when(Condition::New)),
    ];
    for old in secrets.iter().filter(|old| goes_on(old.until, until)) {
        writes.push(Write::Update(end(old.row(), until, REMEMBERED)?));
    }
    let ended: Vec<_> = published.iter().filter(|old| goes_on(old.until, until)).map(|old| &old.public.kid).collect();
    for kid in &ended {
        writes.push(Write::Update(end(Row::VerifyingKey(kid), until, REMEMBERED)?));
    }
    went_through(store, store.transact(writes).await?, &new).await?;
    Ok(Rotation { from: from.unwrap_or(now), ended: ended.into_iter().cloned().collect(), kid, until })
}
