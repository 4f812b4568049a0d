//! Whoever changes an account and ends its sessions competes with those who sign in to it, who need not ever stop. So whoever has lost some
//! rounds takes a turn: for a moment nobody signs in, not even who has shown the right password already and is about to write the session.
//! A turn that nobody uses, because an instance has died, is over by itself, and nothing has changed.

use std::time::{Duration, Instant};

use serde::de::IgnoredAny;
use shared::{
    contention::Contention,
    error::Error,
    http::DEADLINE,
    ids::AccountId,
    store::{Condition, Store, Update, Written},
    tables::Row,
    time::Timestamp,
};

use crate::state::Auth;

/// What those who change an account at once compete for.
const ACCOUNT: &str = "an account";
/// So many rounds may be lost before.
const FAIR: u32 = 3;
/// How long a turn is: longer than any request that takes one.
const TURN: Duration = Duration::from_secs(30);
const _: () = assert!(TURN.as_secs() > DEADLINE.as_secs());

/// The rounds of a change of an account.
pub struct Rounds<'a> {
    store: &'a Store,
    contention: Contention,
    lost: u32,
    has_turn: bool,
    now: Timestamp,
}

impl Auth {
    /// The rounds of a request that came in at `since`.
    pub(crate) fn rounds(&self, since: Instant, now: Timestamp) -> Rounds<'_> {
        let contention = self.app.contention(ACCOUNT, since);
        Rounds { store: &self.app.store, contention, lost: 0, has_turn: false, now }
    }
}

impl Rounds<'_> {
    /// Waits for the next round, after one that was lost with the account in the version `seen`. An account that has changed since is left
    /// alone.
    ///
    /// # Errors
    /// `Contended` when the time is up, `Unavailable`, `Internal`.
    pub async fn lost(&mut self, account: AccountId, seen: u64) -> Result<(), Error> {
        self.again().await?;
        self.lost += 1;
        if self.lost >= FAIR && !self.has_turn {
            self.has_turn = take_turn(self.store, account, seen, self.now).await?;
        }
        Ok(())
    }

    /// Waits for the next round, after one in which there was nothing to write.
    ///
    /// # Errors
    /// `Contended` when the time is up; `Internal` without randomness.
    pub async fn again(&mut self) -> Result<(), Error> {
        self.contention.lost().await
    }
}

/// From here on nobody signs in to an account for a moment, if it is in the version `seen`; whether it is.
///
/// # Errors
/// `Contended`, `Unavailable`, `Internal`.
pub async fn take_turn(store: &Store, account: AccountId, seen: u64, now: Timestamp) -> Result<bool, Error> {
    let update = Update::new(Row::Account(account)).set("barred_until", &(now + TURN))?;
    let update = update.when(Condition::equals("version", &seen)?);
    Ok(matches!(store.update::<IgnoredAny>(update).await?, Written::Done(_)))
}
