//! `rotate-pepper`: a new key for password hashes. Hashes name theirs, so the old ones go on opening, and each is made anew when its
//! owner signs in.

use std::process::ExitCode;

use clap::Args;
use shared::{
    random,
    rotation::{self, LEAD, SecretVersion},
    seal::SecretPurpose,
    store::{Condition, Put},
    tables::Rows,
    time::{Clock, Timestamp},
};
use zeroize::Zeroizing;

use crate::{
    operator::{Failure, Operator},
    successor::{refuse_pending, successor, went_through},
};

/// Replace the key of password hashes.
///
/// The new one is used from 30 minutes later. Old ones stay: hashes of accounts that do not sign in are under them for ever.
#[derive(Args)]
pub struct Arguments;

/// The subcommand: one line on the standard output.
///
/// # Errors
/// Why there is no new pepper.
pub async fn run(operator: &Operator, _: &Arguments, clock: &Clock) -> Result<ExitCode, Failure> {
    let (number, from) = rotate(operator, clock).await?;
    println!("pepper {number} is used from {from}");
    Ok(ExitCode::SUCCESS)
}

/// The work itself: the number of the new pepper, and when it begins to be used.
///
/// # Errors
/// When a rotation is under way or there is nothing to rotate; when the table cannot be read or written, or KMS refuses.
pub async fn rotate(operator: &Operator, clock: &Clock) -> Result<(u32, Timestamp), Failure> {
    let (store, now) = (&operator.store, clock.now());
    let stored: Vec<SecretVersion> = store.query(Rows::Secrets).await?;
    let peppers = rotation::of(SecretPurpose::Pepper, &stored);
    let newest = *peppers.last().ok_or("there is no pepper; the first start of auth makes it")?;
    refuse_pending(newest, now)?;
    let pepper = Zeroizing::new(random::bytes::<32>()?);
    let from = now + LEAD;
    let new = successor(operator, newest, &*pepper, Some(from)).await?;
    let written = store.put(Put::new(new.row(), &new)?.when(Condition::New)).await?;
    went_through(store, written, &new).await?;
    Ok((new.number, from))
}
