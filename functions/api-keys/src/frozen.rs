//! When the vault shows nothing: for a while after somebody may have got at the account, and to nobody while operators have shut it. A
//! session has the first in its row, where it was copied when it was opened; what freezes the vault ends all sessions and tokens of before.

use shared::{caller::Actor, error::Error, time::Timestamp};

use crate::state::Vault;

/// When to ask again where operators have shut the vault: nobody knows for how long. Seconds.
const ASK_AGAIN: i64 = 60 * 60;

impl Vault {
    /// For how many seconds this actor is shown no secret, at least one; none where it is. All that shuts the vault is asked here.
    ///
    /// # Errors
    /// `Unavailable` where nobody knows whether operators have shut it; `Internal`.
    pub(crate) async fn seconds_frozen(&self, actor: &Actor, now: Timestamp) -> Result<Option<i64>, Error> {
        let by_operators = self.app.switches(now).await?.vault_frozen.then_some(ASK_AGAIN);
        let by_change = actor.frozen_until(now).map(|until| until.seconds_from(now).max(1));
        Ok(by_change.max(by_operators))
    }
}
