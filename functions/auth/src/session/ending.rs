//! Ending all sessions of an account, and what opening one (`sign_in.rs`) has to do with it.
//!
//! Both agree on one row per account, the guard. A session is opened in a transaction that counts there, and that states the version of
//! the account by which it was judged. All are ended in the transaction that changes the account, which states the count it has seen. So no
//! session outlives its password, and none that is being opened at that moment is overlooked. Whoever ends them loses against people who
//! sign in all the time, and so takes a turn after a few rounds (`rounds.rs`).

use futures::future::try_join_all;
use serde::Serialize;
use shared::{
    error::Error,
    ids::{AccountId, SessionId},
    store::{Condition, Expected, Put, Store, Update, Write},
    tables::{Row, Rows},
};

use crate::{guard::Guard, state::Auth};

/// A transaction holds 100 writes: up to 31 are of factors, and some twenty of letters, events and what else changes when an account is taken
/// back that a thief has had.
pub const ENDED_AT_ONCE: usize = 45;
/// Deletions under way together, where there are more sessions than that.
const DELETIONS: usize = 16;

/// What opening and ending sessions of one account agree on: part of its guard. The tries of the password are in that row, too, and stay
/// when sessions end.
#[derive(Default, Serialize)]
struct Generation {
    /// Counts the changes that end what was opened before them.
    generation: u64,
    /// Counts the sessions opened in this generation.
    opened: u64,
}

/// A guard, as it is made.
#[derive(Serialize)]
struct NewGuard {
    #[serde(flatten)]
    sessions: Generation,
    #[serde(flatten)]
    tried: Guard,
}

/// What ends every session of an account.
pub struct EndOfSessions {
    /// The guard goes over to its next generation, and whatever else is to change in it.
    pub guard: Update<'static>,
    /// The sessions go.
    pub sessions: Vec<Write<'static>>,
    /// The guard, as it was seen.
    pub seen: Guard,
}

/// The write that lets sessions be opened, made with the account.
///
/// # Errors
/// `Internal`.
pub fn new_guard(account_id: AccountId, tried: Guard) -> Result<Write<'static>, Error> {
    let guard = NewGuard { sessions: Generation::default(), tried };
    Put::new(Row::SessionGuard(account_id), &guard).map(Write::Put)
}

/// The writes that end every session of an account, but one that is to stay, and begin its next generation. They conflict with any
/// opened meanwhile.
///
/// # Errors
/// `Unavailable`, `Internal`.
pub async fn ending_sessions(
    store: &Store,
    account_id: AccountId,
    staying: Option<SessionId>,
) -> Result<EndOfSessions, Error> {
    let guard: Option<Guard> = store.get(Row::SessionGuard(account_id)).await?;
    let seen = guard.ok_or_else(|| Error::internal("an account has no guard"))?;
    ending_by(store, account_id, seen, staying).await
}

/// [`ending_sessions`], by a guard that was read before.
///
/// # Errors
/// `Unavailable`, `Internal`.
pub async fn ending_by(
    store: &Store,
    account_id: AccountId,
    seen: Guard,
    staying: Option<SessionId>,
) -> Result<EndOfSessions, Error> {
    let mut sessions = sessions_of(store, account_id).await?;
    sessions.retain(|id| staying != Some(*id));
    let too_many = sessions.split_off(sessions.len().min(ENDED_AT_ONCE));
    delete_sessions(store, account_id, &too_many).await?;
    let next = Generation { generation: seen.generation + 1, opened: 0 };
    let guard = Update::new(Row::SessionGuard(account_id))
        .set_all(&next)?
        .when(Condition::equals("generation", &seen.generation)?)
        .when(Condition::equals("opened", &seen.opened)?);
    let ended = sessions.iter().map(|id| Write::Delete(Expected::new(Row::Session(account_id, *id))));
    Ok(EndOfSessions { guard, sessions: ended.collect(), seen })
}

/// All sessions of an account, by their keys: one that cannot be read must not keep the others alive, nor itself.
///
/// # Errors
/// `Unavailable`, `Internal`.
pub async fn sessions_of(store: &Store, account_id: AccountId) -> Result<Vec<SessionId>, Error> {
    let found = store.found(Rows::SessionsOf(account_id)).await?;
    Ok(found.iter().filter_map(|row| Row::session(row.key().0, row.key().1)).map(|(_, id)| id).collect())
}

/// Ends sessions, some at a time, each by itself.
///
/// # Errors
/// `Contended`, `Unavailable`, `Internal`; some have ended then.
pub async fn delete_sessions(store: &Store, account_id: AccountId, sessions: &[SessionId]) -> Result<(), Error> {
    for some in sessions.chunks(DELETIONS) {
        let deletions = some.iter().map(|id| store.delete(Row::Session(account_id, *id)));
        try_join_all(deletions).await?;
    }
    Ok(())
}

impl Auth {
    /// [`ending_sessions`] in the tables of this function.
    ///
    /// # Errors
    /// `Unavailable`, `Internal`.
    pub(crate) async fn ending_sessions(
        &self,
        account_id: AccountId,
        staying: Option<SessionId>,
    ) -> Result<EndOfSessions, Error> {
        ending_sessions(&self.app.store, account_id, staying).await
    }
}
