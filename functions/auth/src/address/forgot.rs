//! Somebody has forgotten a password.

use compat::email::EmailAddress;
use shared::{ids::LinkId, outbox::Letter, time::Timestamp};

use super::{AddressRecord, Granted, Wait};
use crate::account::Account;

impl AddressRecord {
    /// Somebody asks for a link that sets a new password. It goes to the account's own spelling, whichever was typed, and a link that is out
    /// stays good. These letters have an allowance of their own: who asks for many of them uses up nobody's sign-up, nor the other way round.
    /// Every address is counted alike; a sign-up that waits for its proof gets no letter, for it has no account yet whose password that
    /// would be.
    ///
    /// # Errors
    /// When it may be asked for. Nothing has changed.
    pub fn forgot(
        &mut self,
        email: &EmailAddress,
        account: Option<&Account>,
        offer: LinkId,
        now: Timestamp,
    ) -> Result<Granted, Wait> {
        let next = self.forgotten.of(email).take_again(now)?;
        self.forget(now);
        self.expire();
        let letter = account.map_or(Letter::Nothing, |account| self.offer_password(account, offer, now));
        Ok(Granted { letter, next })
    }
}
