//! What the owner of an account sees of its factors.

use shared::{
    caller::Caller,
    error::Error,
    store::{Update, Written},
    tables::Row,
    time::Timestamp,
};

use super::{Mfa, Passkey, purge::codes};
use crate::{
    guard::{Guard, row::changing},
    state::Auth,
};

/// The factors of an account.
pub struct FactorsView {
    /// Its app, what was tried at it, and whether all factors are to be removed.
    pub mfa: Mfa,
    /// Its passkeys, by age.
    pub passkeys: Vec<Passkey>,
    /// How many recovery codes are left.
    pub recovery_codes_left: usize,
    /// Its guard, which knows the devices that are remembered.
    pub guard: Guard,
}

impl Auth {
    /// The factors of the caller's account: two reads and two queries, at once.
    ///
    /// # Errors
    /// `Unavailable`, `Internal`.
    pub(crate) async fn factors(&self, caller: &Caller) -> Result<FactorsView, Error> {
        let (id, store) = (caller.account_id(), &self.app.store);
        let (mfa, guard, mut passkeys, codes) = tokio::try_join!(
            store.get::<Mfa>(Row::Mfa(id)),
            self.guard_of_account(id),
            self.passkeys(id),
            codes(store, id)
        )?;
        passkeys.sort_by_key(|passkey| passkey.created_at);
        let (mfa, guard) = (mfa.unwrap_or_default(), guard.into_guard());
        Ok(FactorsView { mfa, passkeys, recovery_codes_left: codes.len(), guard })
    }

    /// Has a remembered device, by its name, or every one asked for a second factor again; whether there was one.
    ///
    /// # Errors
    /// `Contended`, `Unavailable`, `Internal`.
    pub(crate) async fn forget_devices(
        &self,
        caller: &Caller,
        device: Option<&str>,
        since: std::time::Instant,
        now: Timestamp,
    ) -> Result<bool, Error> {
        let id = caller.account_id();
        let mut contention = self.app.contention("the devices of an account", since);
        let mut guard = self.guard_of_account(id).await?.into_guard();
        loop {
            let is_remembered = |guard: &Guard| {
                guard
                    .places
                    .remembered(guard.generation, now)
                    .any(|(place, _)| device.is_none_or(|device| device == place.as_str()))
            };
            if !is_remembered(&guard) {
                return Ok(false);
            }
            let Some(change) = guard.forgetting_devices(device) else { return Ok(false) };
            let update = Update::new(Row::SessionGuard(id)).when(shared::store::Condition::Exists);
            match self.app.store.update::<Guard>(changing(update, &change)?).await? {
                Written::Done(_) => return Ok(true),
                Written::Conflict(Some(row)) => guard = row.read()?,
                Written::Conflict(None) => return Err(Error::InvalidToken),
            }
            contention.lost().await?;
        }
    }
}
