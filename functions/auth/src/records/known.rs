//! What is known of an address: its record and the account that it belongs to.

use compat::email::AddressKey;
use serde::de::IgnoredAny;
use shared::{error::Error, ids::AccountId, keys::Row};

use crate::{account::Account, address::AddressRecord, state::Auth};

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
    /// As [`Auth::account`].
    pub(crate) async fn known_address(&self, key: &AddressKey) -> Result<KnownAddress, Error> {
        let record = self.record(key).await?;
        let account = if let Some(owner) = record.owner() {
            Some(self.account(owner).await?)
        } else {
            let _nobody: Option<IgnoredAny> = self.app.store.get(Row::Account(decoy(key))).await?;
            None
        };
        Ok(KnownAddress { record, account })
    }

    /// An account that an address belongs to.
    ///
    /// # Errors
    /// `Contended` in the moment in which it comes into being: reads see the rows of one transaction one after the other. `Unavailable`,
    /// `Internal`.
    pub(crate) async fn account(&self, id: AccountId) -> Result<Account, Error> {
        let account = self.app.store.get(Row::Account(id)).await?;
        account.ok_or_else(|| Error::Contended("an account that an address belongs to is not there yet".to_owned()))
    }
}

/// The id that an address without an account is looked up by in vain.
fn decoy(key: &AddressKey) -> AccountId {
    AccountId::from_bytes(std::array::from_fn(|at| key.as_bytes()[at]))
}
