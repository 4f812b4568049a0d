//! Devices on which no second factor is asked for.

use std::time::Instant;

use shared::{
    caller::Caller,
    error::Error,
    store::{Condition, Update, Written},
    tables::Row,
    time::Timestamp,
};

use crate::{
    guard::{Guard, row::changing},
    state::Auth,
};

/// What those who forget devices at once compete for.
const DEVICES: &str = "the devices of an account";

impl Auth {
    /// Has a remembered device, by its name, or every one asked for a second factor again; whether there was one.
    ///
    /// # Errors
    /// `Contended`, `Unavailable`, `Internal`; `InvalidToken` where the account has been deleted meanwhile.
    pub(crate) async fn forget_devices(
        &self,
        caller: &Caller,
        device: Option<&str>,
        since: Instant,
        now: Timestamp,
    ) -> Result<bool, Error> {
        let (id, mut contention) = (caller.account_id(), self.app.contention(DEVICES, since));
        let mut guard = self.guard_of_account(id).await?.into_guard();
        loop {
            let Some(change) = guard.forgetting_devices(device, now) else { return Ok(false) };
            let update = Update::new(Row::SessionGuard(id)).when(Condition::Exists);
            match self.app.store.update::<Guard>(changing(update, &change)?).await? {
                Written::Done(_) => return Ok(true),
                Written::Conflict(Some(row)) => guard = row.read()?,
                Written::Conflict(None) => return Err(Error::InvalidToken),
            }
            contention.lost().await?;
        }
    }
}
