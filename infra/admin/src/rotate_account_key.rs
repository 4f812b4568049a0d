//! `rotate-account-key`: a new key for what auth derives, in a single transaction: the new secret, and the end of the old one.

use std::{process::ExitCode, time::Duration};

use clap::Args;
use shared::{
    caller::token::REFRESH_GRACE,
    random,
    rotation::{self, SKEW, SecretVersion, TRUSTED},
    seal::SecretPurpose,
    store::{Condition, Put, Write},
    tables::Rows,
    time::Clock,
};
use zeroize::Zeroizing;

use crate::{
    operator::{Failure, Operator},
    successor::{Rotation, announce, end, goes_on, successor, times, went_through},
};

/// How long the old key is good after the new one has come into use: until nobody asks again for the successor of a refresh token that
/// was derived under it, perhaps by an instance whose clock is behind or that could not read the keys again.
const ASKED_AGAIN: Duration = Duration::from_secs(REFRESH_GRACE.as_secs() + TRUSTED.as_secs() + SKEW.as_secs());

/// Replace the key under which successors of refresh tokens are derived.
///
/// They are derived under the new one from 30 minutes later. Nobody is signed out: tokens that are out stay good.
#[derive(Args)]
pub struct Arguments {
    /// The old key is known to somebody else: withdraw it now. Who is just refreshing may have to sign in again.
    #[arg(long)]
    pub compromised: bool,
}

/// The subcommand: one line for each key on the standard output.
///
/// # Errors
/// Why there is no new key.
pub async fn run(operator: &Operator, arguments: &Arguments, clock: &Clock) -> Result<ExitCode, Failure> {
    announce(SecretPurpose::AccountKey, &rotate(operator, arguments, clock).await?, arguments.compromised);
    Ok(ExitCode::SUCCESS)
}

/// The work itself.
///
/// # Errors
/// When a rotation is under way or there is nothing to rotate; when the table cannot be read or written, or KMS refuses.
pub async fn rotate(operator: &Operator, arguments: &Arguments, clock: &Clock) -> Result<Rotation, Failure> {
    let (store, now) = (&operator.store, clock.now());
    let stored: Vec<SecretVersion> = store.query(Rows::Secrets).await?;
    let keys = rotation::of(SecretPurpose::AccountKey, &stored);
    let newest = *keys.last().ok_or("there is no account key; the first start of auth makes it")?;
    let (from, until) = times(newest, arguments.compromised, ASKED_AGAIN, now)?;

    let key = Zeroizing::new(random::bytes::<32>()?);
    let new = successor(operator, newest, &*key, from).await?;
    let mut writes = vec![Write::Put(Put::new(new.row(), &new)?.when(Condition::New))];
    let ending: Vec<_> = keys.into_iter().filter(|old| goes_on(old.until, until)).collect();
    for old in &ending {
        writes.push(Write::Update(end(old.row(), until, Duration::ZERO)?));
    }
    went_through(store, store.transact(writes).await?, &new).await?;
    let ended = ending.iter().map(|old| old.number).collect();
    Ok(Rotation { number: new.number, from: from.unwrap_or(now), ended, until })
}
