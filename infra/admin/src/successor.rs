//! What replacing a secret of any purpose has in common.

use shared::{
    rotation::Generation,
    store::{Store, Written},
    time::Timestamp,
};

use crate::operator::Failure;

/// The operator who comes second does not want a third secret.
///
/// # Errors
/// When the newest secret is not in use yet.
pub(crate) fn refuse_pending(newest: &Generation, now: Timestamp) -> Result<(), Failure> {
    match newest.from {
        Some(from) if newest.is_pending(now) => {
            Err(format!("a rotation is under way: the newest is used from {from}").into())
        }
        _ => Ok(()),
    }
}

/// Whether the write of `new` went through. One whose answer was lost is refused by its own row when it is tried again.
///
/// # Errors
/// When another operator was faster; when the table cannot be read.
pub(crate) async fn went_through(store: &Store, written: Written<()>, new: &Generation) -> Result<(), Failure> {
    if let Written::Done(()) = written {
        return Ok(());
    }
    let there: Option<Generation> = store.get(new.row()).await?;
    if there.is_some_and(|there| there.secret.sealed == new.secret.sealed) {
        return Ok(());
    }
    Err("somebody else has rotated it just now; secrets-show tells".into())
}
