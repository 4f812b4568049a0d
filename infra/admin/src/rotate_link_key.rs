//! `rotate-link-key`: a new key for mailed links, in a single transaction: the new secret, the end of the old one, and the copy that
//! `mail` has. So there is nothing to be broken off in the middle, and of two operators one is refused.

use std::{process::ExitCode, time::Duration};

use clap::Args;
use shared::{
    link::{LONGEST_LIFE, LinkKeys},
    random,
    rotation::{self, SKEW, SecretVersion, TRUSTED},
    seal::SecretPurpose,
    store::{Condition, Put, Write},
    tables::{Row, Rows},
    time::Clock,
};
use zeroize::Zeroizing;

use crate::{
    operator::{Failure, Operator},
    successor::{Rotation, announce, end, goes_on, successor, times, went_through},
};

/// How long the old key opens links after the new one has come into use: until the last one has expired that `mail` wrote under it,
/// perhaps with a clock that is behind or keys that it could not read again.
const REDEEMED: Duration = Duration::from_secs(LONGEST_LIFE.as_secs() + TRUSTED.as_secs() + SKEW.as_secs());

/// Replace the key of mailed links.
///
/// Links are written under the new one from 30 minutes later. Those that are out stay good until they expire.
#[derive(Args)]
pub struct Arguments {
    /// The old key is known to somebody else: withdraw it now, and with it every link that is out. People ask for new ones.
    #[arg(long)]
    pub compromised: bool,
}

/// The subcommand: one line for each key on the standard output.
///
/// # Errors
/// Why there is no new key.
pub async fn run(operator: &Operator, arguments: &Arguments, clock: &Clock) -> Result<ExitCode, Failure> {
    announce(SecretPurpose::LinkKey, &rotate(operator, arguments, clock).await?, arguments.compromised);
    Ok(ExitCode::SUCCESS)
}

/// The work itself.
///
/// # Errors
/// When a rotation is under way or there is nothing to rotate; when the tables cannot be read or written, or KMS refuses.
pub async fn rotate(operator: &Operator, arguments: &Arguments, clock: &Clock) -> Result<Rotation, Failure> {
    let (store, now) = (&operator.store, clock.now());
    let stored: Vec<SecretVersion> = store.query(Rows::Secrets).await?;
    let mut keys: Vec<_> = rotation::of(SecretPurpose::LinkKey, &stored).into_iter().cloned().collect();
    let newest = keys.last().ok_or("there is no link key; the first start of auth makes it")?;
    let (from, until) = times(newest, arguments.compromised, REDEEMED, now)?;

    let key = Zeroizing::new(random::bytes::<32>()?);
    let new = successor(operator, newest, &*key, from).await?;
    let mut writes = vec![Write::Put(Put::new(new.row(), &new)?.when(Condition::New))];
    let mut ended = Vec::new();
    for old in keys.iter_mut().filter(|old| goes_on(old.until, until)) {
        old.until = Some(until);
        // As it was read, for so it goes into the copy: it may have moved to another KMS key just now.
        let as_read = Condition::equals("sealed", &old.secret.sealed)?;
        writes.push(Write::Update(end(old.row(), until, Duration::ZERO)?.when(as_read)));
        ended.push(old.number);
    }
    keys.push(new.clone());
    writes.push(Write::Put(Put::new(Row::MailLinkKeys, &LinkKeys::of(keys.iter().collect(), now))?));
    went_through(store, store.transact(writes).await?, &new).await?;
    Ok(Rotation { number: new.number, from: from.unwrap_or(now), ended, until })
}
