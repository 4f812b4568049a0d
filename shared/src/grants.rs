//! What whoever allows a program something and whoever ends all of that agree on: a row per account counts how often something was allowed.
//! It is read before anything is looked for, and stated as it was seen: of two at once, one loses and looks again.

use serde::Deserialize;

use crate::{
    error::Error,
    ids::AccountId,
    store::{Condition, Store},
    tables::Row,
};

/// How often an account has allowed a program something.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
pub struct GrantCount {
    /// None where it never has.
    opened: Option<u64>,
}

impl GrantCount {
    /// The attribute that counts.
    pub const OPENED: &'static str = "opened";

    /// As it is now.
    ///
    /// # Errors
    /// `Unavailable`, `Internal`.
    pub async fn of(store: &Store, account: AccountId) -> Result<Self, Error> {
        Ok(store.get(Row::GrantCount(account)).await?.unwrap_or_default())
    }

    /// That nothing was allowed since.
    ///
    /// # Errors
    /// `Internal`: never, for a count is a number.
    pub fn as_seen(self) -> Result<Condition, Error> {
        match self.opened {
            Some(opened) => Condition::equals(Self::OPENED, &opened),
            None => Ok(Condition::Absent(Self::OPENED)),
        }
    }
}
