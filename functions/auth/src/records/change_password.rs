//! Somebody who is signed in replaces the password.

use std::time::Instant;

use shared::{
    caller::Caller,
    error::Error,
    events::Action,
    outbox::News,
    store::{Raced, Write},
    time::Timestamp,
};

use super::{
    account_row::new_password,
    notice::{OneEvent, Telling},
    own_password::NotProven,
};
use crate::{
    account::Account,
    password::{PasswordHash, is_same, weak::Weakness},
    sender::Sender,
    session::ending::{EndOfAccess, Extent},
    state::Auth,
};

/// How the password is replaced. No `Debug`.
pub struct Replacement<'a> {
    /// The password that is to prove that the owner asks; none where the account has none.
    pub current: Option<&'a str>,
    /// The new one.
    pub new: &'a str,
    /// Whether personal tokens go on. By default they do not: whoever has had the password may have made some.
    pub keep_apps: bool,
}

/// What changing the password comes to.
pub enum ChangePassword {
    /// It is the new one now.
    Done,
    /// The current one is another than was shown, or was not looked at.
    NotProven(NotProven),
    /// The new one is the current one.
    Same,
    /// The new one is easy to guess, or was stolen.
    Weak(Weakness),
}

impl Auth {
    /// Replaces the password by the word of who knows it, unless the new one is easy to guess or was stolen. The new password, the end of
    /// every session but the caller's and of personal tokens, the letter and the event are one transaction. All mailed links that set a
    /// password are void by it, and so is the address that the account was to have next. A reset wins: it ends the caller's session, and
    /// with it this.
    ///
    /// # Errors
    /// `InvalidToken` when the session ends meanwhile, `StepUpRequired`, `Contended`, `Unavailable`, `Internal`.
    pub(crate) async fn change_password(
        &self,
        caller: &Caller,
        Replacement { current, new, keep_apps }: Replacement<'_>,
        sender: &Sender,
        since: Instant,
        now: Timestamp,
    ) -> Result<ChangePassword, Error> {
        let account = match self.proven_account(caller, current, sender, since, now).await? {
            Ok(account) => account,
            Err(not_proven) => return Ok(ChangePassword::NotProven(not_proven)),
        };
        // The current one was right, so that who shows it twice needs no second run of Argon2 to be told.
        if current.is_some_and(|current| is_same(current, new)) {
            return Ok(ChangePassword::Same);
        }
        let hash = match self.chosen(new, &account, now).await? {
            Ok(hash) => hash,
            Err(weakness) => return Ok(ChangePassword::Weak(weakness)),
        };
        let told = Telling::of_session(sender.origin(), caller.session_id(), now);
        let own = caller.session_id();
        let extent = if keep_apps { Extent::SessionsBut(own) } else { Extent::AllBut(own) };
        let is_done = self.replace_own_password(caller, account, &hash, extent, &told, since).await?;
        Ok(if is_done { ChangePassword::Done } else { ChangePassword::NotProven(NotProven::Wrong) })
    }

    /// `false` when what was shown is not the password any more.
    async fn replace_own_password(
        &self,
        caller: &Caller,
        seen: Account,
        hash: &PasswordHash,
        extent: Extent,
        told: &Telling,
        since: Instant,
    ) -> Result<bool, Error> {
        let mut account = seen.clone();
        account.change_password(hash.clone());
        let (mut rounds, mut event) = (self.rounds(since, told.at()), OneEvent::new(Action::PasswordChanged));
        loop {
            let EndOfAccess { guard, ended: mut writes, .. } = self.ending_access(account.id, extent).await?;
            writes.extend([Write::Update(guard), caller.still_signed_in(), new_password(&account, seen.version)?]);
            writes.push(told.notice(&account, &account.address, News::PasswordChanged, self.app.clock.unix_ms())?);
            writes.push(event.put(self, account.id, told)?);
            if self.app.store.race(writes).await? == Raced::Won {
                event.happened();
                return Ok(true);
            }
            if !self.is_still(&seen, caller).await? {
                return Ok(false);
            }
            rounds.lost(account.id, seen.version).await?;
        }
    }
}
