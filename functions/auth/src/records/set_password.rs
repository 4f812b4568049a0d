//! A link that sets a password comes back.

use std::time::Instant;

use shared::{error::Error, store::Raced, time::Timestamp};

use super::{account_row::new_password, known::KnownAddress};
use crate::{account::Offer, password::Verdict, secrets::links::MailedLink, state::Auth};

/// What those who set a password at once compete for.
const ACCOUNT: &str = "an account";
/// So many rounds may be lost to people who sign in; who knows the old password could go on like that for ever.
const FAIR_ROUNDS: u32 = 3;

impl Auth {
    /// Sets the password by an authentic link; tells whether it is the password now. The new password, the end of the link and the end of
    /// every session are one transaction. The address's record is only read: whoever has letters sent there is not in the way. Nor is, for
    /// more than a few rounds, who signs in again and again with the old password: it is taken away then, before the sessions are ended.
    ///
    /// # Errors
    /// `Unavailable` when a table is down, `Contended` when others are quicker all the time; `Internal`.
    pub(crate) async fn set_password(
        &self,
        link: MailedLink,
        password: &str,
        since: Instant,
        now: Timestamp,
    ) -> Result<bool, Error> {
        let passwords = self.passwords(now).await?;
        let (mut contention, mut hash, mut lost) = (self.app.contention(ACCOUNT, since), None, 0);
        loop {
            let KnownAddress { record, account } = self.known_address(&link.address).await?;
            let Some(mut account) = account else { return Ok(false) };
            match account.offer(link.id, record.offered(link.id, now), now) {
                Offer::Open => {}
                Offer::Taken(by) => return Ok(passwords.verify(password, Some(by), now).await? != Verdict::Wrong),
                Offer::Void => return Ok(false),
            }
            // Before the sessions are looked at: while Argon2 runs, somebody who has the old password could open one more.
            let hash = match &hash {
                Some(hash) => hash,
                None => hash.insert(passwords.hash(password, now).await?),
            };
            let mut writes = self.ending_sessions(account.id).await?;
            let seen = account.version;
            account.set_password(link.id, hash.clone(), now);
            writes.push(new_password(&account, seen)?);
            if self.app.store.race(writes).await? == Raced::Won {
                return Ok(true);
            }
            contention.lost().await?;
            lost += 1;
            if lost == FAIR_ROUNDS {
                self.withdraw_password(account.id, seen).await?;
            }
        }
    }
}
