//! Somebody asks for the letter again.

use compat::email::EmailAddress;
use shared::{language::Language, outbox::Letter, time::Timestamp};

use super::{AddressRecord, Granted, NewIds, Wait, letters::link_that_proves};
use crate::account::Account;

impl AddressRecord {
    /// Somebody asks for the mail again, in a language that counts where none was wished for before. It goes to the spelling that was typed or, where there is an account, to its own.
    ///
    /// # Errors
    /// When it may be asked for. Nothing has changed.
    pub fn resend(
        &mut self,
        email: &EmailAddress,
        account: Option<&Account>,
        language: Option<Language>,
        new_ids: &NewIds,
        now: Timestamp,
    ) -> Result<Granted, Wait> {
        let next = self.asked.of(email).take_again(now)?;
        self.forget(now);
        self.links.issue(link_that_proves(email, language, new_ids, now), now);
        self.expire();
        let letter = match (account, &self.pending) {
            (Some(account), _) if account.password.is_none() => {
                self.offer_password_on_request(account, new_ids.offer, now)
            }
            (None, Some(_)) => self.mail_proof(email, None, None, now),
            _ => Letter::Nothing,
        };
        Ok(Granted { letter, next })
    }
}
