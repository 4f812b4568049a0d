//! What becomes of what an account has allowed programs when it ends: it is forgotten.

use std::time::Instant;

use shared::{
    endings::{self, Ending, Part},
    error::Error,
    tables::Rows,
};

use crate::state::OAuth;

impl OAuth {
    /// What the schedule asks for.
    ///
    /// # Errors
    /// Those of [`endings::round`].
    pub(crate) async fn end_accounts(self) -> Result<(), Error> {
        endings::round(&self.app, |ending, end| self.end_account(ending, end)).await
    }

    /// Nobody has to be kept from making tokens any more: whoever makes one has a session, of which the same transaction holds that it lives.
    /// Sessions there are none: they ended with the request that the account be deleted, none is opened since, and what has begun to end is
    /// not kept after all. The tokens go first, for whoever holds one may still end it, and that is an event.
    async fn end_account(&self, ending: Ending, end: Instant) -> Result<(), Error> {
        if ending.awaits(Part::Grants).is_none() {
            return Ok(());
        }
        for rows in [Rows::PersonalTokensOf(ending.account), Rows::GrantRowsOf(ending.account)] {
            if !self.app.store.sweep(rows, &[], end).await? {
                return Ok(());
            }
        }
        ending.done(Part::Grants, &self.app.store, self.app.clock.now()).await
    }
}
