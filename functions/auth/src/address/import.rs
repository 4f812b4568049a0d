//! An account is brought along from another service.

use super::AddressRecord;
use crate::account::Account;

impl AddressRecord {
    /// Whether an account that is brought along may have the address.
    #[must_use]
    pub const fn is_free(&self) -> bool {
        self.owner.is_none()
    }

    /// Gives the address to an account that is brought along. What is pending ends by it.
    pub fn import(&mut self, account: &Account) {
        self.belong_to(account, None);
    }
}
