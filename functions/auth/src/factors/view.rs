//! What the owner of an account sees of its factors.

use shared::{
    caller::Caller,
    error::Error,
    ids::AccountId,
    store::{Store, Update, Written},
    tables::{Row, Rows},
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

/// The factors of an account: a read, two queries, and whatever `guard` takes to read its guard, at once.
///
/// # Errors
/// Those of `guard`; `Unavailable`, `Internal`.
pub async fn factors_of(
    store: &Store,
    id: AccountId,
    guard: impl Future<Output = Result<Guard, Error>>,
) -> Result<FactorsView, Error> {
    let read = async {
        tokio::try_join!(
            store.get::<Mfa>(Row::Mfa(id)),
            guard,
            store.query::<Passkey>(Rows::PasskeysOf(id)),
            codes(store, id)
        )
    };
    let (mfa, guard, mut passkeys, codes) = Box::pin(read).await?;
    passkeys.sort_by_key(|passkey| passkey.created_at);
    Ok(FactorsView { mfa: mfa.unwrap_or_default(), passkeys, recovery_codes_left: codes.len(), guard })
}

impl FactorsView {
    /// How many devices are remembered, at which the password is enough.
    #[must_use]
    pub fn remembered_devices(&self, now: Timestamp) -> usize {
        self.guard.places.remembered(self.guard.generation, now).count()
    }
}

impl Auth {
    /// The factors of the caller's account.
    ///
    /// # Errors
    /// Those of [`factors_of`].
    pub(crate) async fn factors(&self, caller: &Caller) -> Result<FactorsView, Error> {
        let id = caller.account_id();
        let guard = async { Ok(self.guard_of_account(id).await?.into_guard()) };
        factors_of(&self.app.store, id, guard).await
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
