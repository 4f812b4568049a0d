//! What the owner of an account sees of its factors.

use shared::{
    caller::Caller,
    error::Error,
    ids::AccountId,
    store::Store,
    tables::{Row, Rows},
    time::Timestamp,
};

use super::{Mfa, Passkey, purge::codes};
use crate::{guard::Guard, state::Auth};

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
}
