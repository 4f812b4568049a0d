//! What replacing a secret of any purpose has in common.

use std::{fmt::Display, time::Duration};

use shared::{
    rotation::{LEAD, SecretVersion},
    seal::{Seal, SecretPurpose},
    store::{Condition, Store, Update, Written},
    tables::Row,
    time::Timestamp,
};

use crate::operator::{Failure, Operator};

/// The operator who comes second does not want a third secret.
///
/// # Errors
/// When the newest secret is not in use yet.
pub(crate) fn refuse_pending(newest: &SecretVersion, now: Timestamp) -> Result<(), Failure> {
    match newest.from {
        Some(from) if newest.is_pending(now) => {
            Err(format!("a rotation is under way: the newest is used from {from}").into())
        }
        _ => Ok(()),
    }
}

/// From when a successor of `newest` is used, none for at once, and until when those before it are good: `outlived` after that.
///
/// # Errors
/// As [`refuse_pending`], unless they are compromised: then they end now, whatever is under way.
pub(crate) fn times(
    newest: &SecretVersion,
    is_compromised: bool,
    outlived: Duration,
    now: Timestamp,
) -> Result<(Option<Timestamp>, Timestamp), Failure> {
    if is_compromised {
        return Ok((None, now));
    }
    refuse_pending(newest, now)?;
    Ok((Some(now + LEAD), now + LEAD + outlived))
}

/// A new key of a purpose whose keys are told apart by number, and what it ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rotation {
    /// The number of the new key.
    pub number: u32,
    /// When it comes into use.
    pub from: Timestamp,
    /// The keys that end by this.
    pub ended: Vec<u32>,
    /// When they end.
    pub until: Timestamp,
}

/// Tells what has been arranged: one line for each key.
pub(crate) fn announce(purpose: SecretPurpose, rotation: &Rotation, is_compromised: bool) {
    let name = |number: &u32| format!("{} {number}", purpose.as_str());
    println!("{} is used from {}", name(&rotation.number), rotation.from);
    let ended: Vec<_> = rotation.ended.iter().map(name).collect();
    announce_end(&ended, rotation.until, is_compromised);
}

/// Tells of those that end, and of what their being compromised asks for.
pub(crate) fn announce_end<T: Display>(ended: &[T], until: Timestamp, is_compromised: bool) {
    for old in ended {
        println!("{old} is good until {until}");
    }
    if is_compromised {
        eprintln!("Instances that are at work learn of it within ten minutes. A deployment starts new ones now.");
    }
}

/// What follows `newest`: `secret`, sealed under the KMS key of `newest`, which the function can open with, in use from then on; none for
/// at once.
///
/// # Errors
/// When KMS refuses.
pub(crate) async fn successor(
    operator: &Operator,
    newest: &SecretVersion,
    secret: &[u8],
    from: Option<Timestamp>,
) -> Result<SecretVersion, Failure> {
    let seal = Seal::new(&operator.aws, &newest.secret.kms_key_arn);
    let secret = seal.seal(newest.secret.purpose, secret).await?;
    Ok(SecretVersion { secret, number: newest.number + 1, from, until: None })
}

/// Whether what ends by `end` has to be told of this end. What ends earlier anyway keeps its own.
pub(crate) fn goes_on(end: Option<Timestamp>, until: Timestamp) -> bool {
    end.is_none_or(|end| end > until)
}

/// The end of a key, which is deleted some time after it.
pub(crate) fn end(row: Row<'_>, until: Timestamp, remembered: Duration) -> Result<Update<'_>, Failure> {
    let update = Update::new(row).set("until", &until)?.set("ttl", &(until + remembered))?;
    Ok(update.when(Condition::Exists))
}

/// Whether the write of `new` went through. One whose answer was lost is refused by its own row when it is tried again.
///
/// # Errors
/// When another operator was faster; when the table cannot be read.
pub(crate) async fn went_through(store: &Store, written: Written<()>, new: &SecretVersion) -> Result<(), Failure> {
    if let Written::Done(()) = written {
        return Ok(());
    }
    let there: Option<SecretVersion> = store.get(new.row()).await?;
    if there.is_some_and(|there| there.secret.sealed == new.secret.sealed) {
        return Ok(());
    }
    Err("somebody else has rotated or moved it just now; secrets-show tells".into())
}
