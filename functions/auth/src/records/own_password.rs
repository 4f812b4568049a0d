//! Somebody who is signed in shows the password of the account, for what a session alone must not do.

use std::time::Instant;

use shared::{caller::Caller, error::Error, time::Timestamp};

use super::compare::{Compared, Right, Try};
use crate::{
    account::Account,
    guard::{Counted, Standing},
    sender::Sender,
    state::Auth,
};

/// Why a caller does not pass for the owner of the account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotProven {
    /// What was shown is not the password.
    Wrong,
    /// It was not looked at, or is to be answered as if it were not. The next one may come in so many seconds.
    Locked(i64),
}

impl Auth {
    /// The account of a caller whose session has just been looked at.
    ///
    /// # Errors
    /// `InvalidToken` when it has ended, or nobody may sign in to it any more: the session ends, too. `Unavailable`, `Internal`.
    pub(crate) async fn own_account(&self, caller: &Caller) -> Result<Account, Error> {
        let account = self.living_account(caller.account_id()).await?;
        account.filter(|account| account.closed().is_none()).ok_or(Error::InvalidToken)
    }

    /// The account of a caller who shows its password, or is fresh where there is none, as [`Auth::own_password`] wants it; the right try is
    /// taken back.
    ///
    /// # Errors
    /// `InvalidToken` when the session has ended meanwhile, `StepUpRequired`, `Contended`, `Unavailable`, `Internal`.
    pub(crate) async fn proven_account(
        &self,
        caller: &Caller,
        shown: Option<&str>,
        sender: &Sender,
        since: Instant,
        now: Timestamp,
    ) -> Result<Result<Account, NotProven>, Error> {
        let account = self.own_account(caller).await?;
        match self.own_password(caller, &account, shown, sender, since, now).await? {
            Ok(None) => {}
            Ok(Some(counted)) => self.take_back(account.id, counted, since).await?,
            Err(not_proven) => return Ok(Err(not_proven)),
        }
        Ok(Ok(account))
    }

    /// Compares the password that a caller shows with the account's. It is a try like any other, which its guard counts as a failure; where
    /// it was right, whoever asks takes that back. Where the account has no password none is shown, and the session has to be fresh instead.
    ///
    /// # Errors
    /// `StepUpRequired`, `Contended`, `Unavailable`, `Internal`.
    pub(crate) async fn own_password(
        &self,
        caller: &Caller,
        account: &Account,
        shown: Option<&str>,
        sender: &Sender,
        since: Instant,
        now: Timestamp,
    ) -> Result<Result<Option<Counted>, NotProven>, Error> {
        let Some(password) = shown else {
            if account.password.is_some() {
                return Ok(Err(NotProven::Wrong));
            }
            return caller.clone().fresh(now).map(|_| Ok(None));
        };
        let (guard, from, origin) = (self.guard_of_account(account.id).await?, &sender.places(), sender.origin());
        let attempt = Try { password, from, client: Standing::Usual, origin, since, now };
        Ok(match self.compare(guard, Some(account), attempt).await? {
            Compared::Right(Right { counted, .. }) => Ok(Some(counted)),
            Compared::Wrong(counted) => Err(counted.others_locked.map_or(NotProven::Wrong, NotProven::Locked)),
            Compared::Locked(seconds) => Err(NotProven::Locked(seconds)),
        })
    }

    /// Whether an account is still as it was seen, by whoever has lost a round of changing it.
    ///
    /// # Errors
    /// `InvalidToken` when the session of the caller has ended meanwhile; `Unavailable`, `Internal`.
    pub(crate) async fn is_still(&self, seen: &Account, caller: &Caller) -> Result<bool, Error> {
        caller.is_signed_in(&self.app.store).await?;
        Ok(self.own_account(caller).await?.version == seen.version)
    }
}
