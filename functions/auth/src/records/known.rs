//! What is known of an address: its record and the account that it belongs to.

use std::time::Duration;

use compat::email::AddressKey;
use serde::de::{DeserializeOwned, IgnoredAny};
use shared::{error::Error, ids::AccountId, tables::Row};

use crate::{
    account::{Account, Tombstone},
    address::AddressRecord,
    state::Auth,
};

/// Longer than a transaction takes that is under way.
const ANOTHER_LOOK_AFTER: Duration = Duration::from_millis(50);

/// An address, as it was read.
pub struct KnownAddress {
    /// The record of the address; an empty one when there is none.
    pub record: AddressRecord,
    /// The account that it belongs to.
    pub account: Option<Account>,
}

impl Auth {
    /// The record of an address; an empty one when there is none.
    ///
    /// # Errors
    /// `Unavailable`, `Internal`.
    pub(crate) async fn record(&self, key: &AddressKey) -> Result<AddressRecord, Error> {
        Ok(self.app.store.get(Row::Address(key)).await?.unwrap_or_default())
    }

    /// The record of an address and its account. Where there is no account, a row is looked for that is not there: who measures what a
    /// request costs learns nothing.
    ///
    /// # Errors
    /// `Unavailable`; `Internal` when the address belongs to an account that is not there.
    pub(crate) async fn known_address(&self, key: &AddressKey) -> Result<KnownAddress, Error> {
        let record = self.record(key).await?;
        let account = self.account_of(record.owner(), key).await?;
        Ok(KnownAddress { record, account })
    }

    /// The account of an address that belongs to `owner`; where there is none, a row is looked for that is not there.
    ///
    /// # Errors
    /// Those of [`Auth::known_address`].
    pub(super) async fn account_of(
        &self,
        owner: Option<AccountId>,
        key: &AddressKey,
    ) -> Result<Option<Account>, Error> {
        if let Some(owner) = owner {
            return self.living_account(owner).await;
        }
        let _nobody: Option<IgnoredAny> = self.app.store.get(Row::Account(decoy(key))).await?;
        Ok(None)
    }

    /// The account that an address belonged to a moment ago; none where it has been deleted meanwhile. It is looked for twice: reads see
    /// the rows of one transaction one after the other, so in the moment in which the account comes into being, its address may know of
    /// it first.
    ///
    /// # Errors
    /// `Unavailable`; `Internal` when there is no such account.
    pub(crate) async fn living_account(&self, id: AccountId) -> Result<Option<Account>, Error> {
        match self.coming_into_being(Row::Account(id)).await {
            Ok(None) => Err(Error::internal("an address belongs to an account that is not there")),
            read => self.unless_ended(id, read).await,
        }
    }

    /// An account that may be there or not; none also where it has been deleted.
    ///
    /// # Errors
    /// `Unavailable`, `Internal`.
    pub(crate) async fn account_there(&self, id: AccountId) -> Result<Option<Account>, Error> {
        let read = self.app.store.get(Row::Account(id)).await;
        self.unless_ended(id, read).await
    }

    /// A tombstone is no account. Whoever reads one seldom does, and looks again.
    async fn unless_ended(
        &self,
        id: AccountId,
        read: Result<Option<Account>, Error>,
    ) -> Result<Option<Account>, Error> {
        match read {
            Err(Error::Internal(_)) if self.has_ended(id).await? => Ok(None),
            read => read,
        }
    }

    /// Whether an account has been deleted.
    ///
    /// # Errors
    /// `Unavailable`, `Internal`.
    pub(crate) async fn has_ended(&self, id: AccountId) -> Result<bool, Error> {
        match self.app.store.get::<Tombstone>(Row::Account(id)).await {
            Ok(tombstone) => Ok(tombstone.is_some()),
            Err(Error::Internal(_)) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// A row of an account that may come into being at this moment.
    ///
    /// # Errors
    /// `Unavailable`, `Internal`.
    pub(super) async fn coming_into_being<T: DeserializeOwned>(&self, row: Row<'_>) -> Result<Option<T>, Error> {
        if let Some(found) = self.app.store.get(row).await? {
            return Ok(Some(found));
        }
        tokio::time::sleep(ANOTHER_LOOK_AFTER).await;
        self.app.store.get(row).await
    }
}

/// The id that an address without an account is looked up by in vain.
pub(super) fn decoy(key: &AddressKey) -> AccountId {
    AccountId::from_bytes(std::array::from_fn(|at| key.as_bytes()[at]))
}
