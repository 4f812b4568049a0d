//! An account is brought along from another service.

use super::AddressRecord;
use crate::account::Account;

impl AddressRecord {
    /// Gives the address to an account that is brought along. What is pending ends by it.
    pub fn import(&mut self, account: &Account) {
        self.belong_to(account, None);
    }
}
