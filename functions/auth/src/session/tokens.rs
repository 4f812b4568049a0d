//! Personal tokens, as far as ending them goes: `oauth` makes them.
//!
//! A token is made in a transaction that counts it in a row of the account, and that states the generation of the guard by which its owner
//! was let in. Whoever ends all of them states the count that was seen before they were looked for, and begins the next generation: of the
//! two one loses, and looks again.

use shared::{
    error::Error,
    grants::GrantCount,
    ids::{AccountId, TokenId},
    store::{Expected, Store, Write},
    tables::{Row, Rows},
};

/// All personal tokens that an account has, and how many were ever made by then.
pub struct FoundTokens {
    account_id: AccountId,
    count: GrantCount,
    ids: Vec<TokenId>,
}

impl FoundTokens {
    /// Those of an account, by their keys: one that cannot be read must not keep the others alive, nor itself.
    ///
    /// # Errors
    /// `Unavailable`, `Internal`.
    pub async fn of(store: &Store, account_id: AccountId) -> Result<Self, Error> {
        let count = GrantCount::of(store, account_id).await?;
        let found = store.found(Rows::PersonalTokensOf(account_id)).await?;
        let ids = found.iter().filter_map(|row| Row::personal_token(row.key().1)).collect();
        Ok(Self { account_id, count, ids })
    }

    /// Their rows.
    pub fn rows(&self) -> impl Iterator<Item = Row<'static>> {
        self.ids.iter().map(|id| Row::PersonalToken(self.account_id, *id))
    }

    /// That none was made since.
    ///
    /// # Errors
    /// `Internal`.
    pub fn no_more(&self) -> Result<Write<'static>, Error> {
        Ok(Write::Check(Expected::new(Row::GrantCount(self.account_id)).when(self.count.as_seen()?)))
    }
}
