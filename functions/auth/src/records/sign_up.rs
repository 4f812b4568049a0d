//! Somebody signs up.

use std::time::Instant;

use shared::{error::Error, time::Timestamp};

use super::{
    Decision,
    account_row::{account_created, new_account},
    post,
};
use crate::{
    account::Account,
    address::{NewIds, sign_up::SignUp},
    guard::Guard,
    state::Auth,
};

impl Auth {
    /// Keeps a sign-up and posts its letter, as one transaction; where addresses need no proof, makes its account instead.
    ///
    /// # Errors
    /// Those of [`Auth::change_record`].
    pub(crate) async fn sign_up(
        &self,
        new: &SignUp,
        new_ids: &NewIds,
        since: Instant,
        now: Timestamp,
    ) -> Result<Option<Account>, Error> {
        let made = self
            .change_record(&new.email.key(), since, |record, account, raced| {
                // Whoever got in first with this spelling and password has done all of this.
                if raced && record.has_pending(new, now) {
                    return Ok(Decision::keep(None));
                }
                let letter = record.sign_up(new, account, new_ids, now);
                let confirmed = self.config.auto_confirm.then(|| record.confirm_unproven(new, new_ids, now)).flatten();
                if let Some(account) = confirmed {
                    // Nobody is meant to overlook the account here: the answer tells of it.
                    let writes = new_account(&account, Guard::default(), now)?;
                    return Ok(Decision::write(Some(account), writes));
                }
                let language = record.language(&new.email, account, new.language);
                Ok(Decision::write(None, vec![post(letter, language, now)?]))
            })
            .await?;
        if made.is_some() {
            account_created();
        }
        Ok(made)
    }
}
