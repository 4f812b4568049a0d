//! Ending all that an account has opened, its sessions and its personal tokens, and what opening a session (`sign_in.rs`) has to do with
//! it. What is asked about tokens stands in `tokens.rs`.
//!
//! Both agree on one row per account, the guard. A session is opened in a transaction that counts there, and that states the version of
//! the account by which it was judged. All are ended in the transaction that changes the account, which states the count it has seen. So no
//! session outlives its password, and none that is being opened at that moment is overlooked. Whoever ends them loses against people who
//! sign in all the time, and so takes a turn after a few rounds (`rounds.rs`).

use std::future::ready;

use futures::future::try_join_all;
use serde::Serialize;
use shared::{
    error::Error,
    ids::{AccountId, SessionId},
    store::{Condition, Expected, Put, Store, Update, Write},
    tables::{Row, Rows},
};

use super::tokens::FoundTokens;
use crate::{guard::Guard, state::Auth};

/// So many sessions and personal tokens, together. A transaction holds 100 writes: up to 31 are of factors, and some twenty of letters,
/// events and what else changes when an account is taken back that a thief has had.
pub const ENDED_AT_ONCE: usize = 45;
/// Deletions under way together, where there are more rows than that.
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

/// How much of what an account has opened ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// All sessions and all personal tokens.
    Everything,
    /// All sessions but this one, and all personal tokens.
    AllBut(SessionId),
    /// All sessions but this one; personal tokens go on.
    SessionsBut(SessionId),
}

/// What ends the access to an account.
pub struct EndOfAccess {
    /// The guard goes over to its next generation, and whatever else is to change in it.
    pub guard: Update<'static>,
    /// The sessions and the personal tokens go.
    pub ended: Vec<Write<'static>>,
    /// The guard, as it was seen.
    pub seen: Guard,
}

impl Extent {
    fn spares(self, session: SessionId) -> bool {
        match self {
            Self::Everything => false,
            Self::AllBut(staying) | Self::SessionsBut(staying) => staying == session,
        }
    }
}

/// The write that lets sessions be opened, made with the account.
///
/// # Errors
/// `Internal`.
pub fn new_guard(account_id: AccountId, tried: Guard) -> Result<Write<'static>, Error> {
    let guard = NewGuard { sessions: Generation::default(), tried };
    Put::new(Row::SessionGuard(account_id), &guard).map(Write::Put)
}

/// The writes that end what an account has opened, and begin its next generation. They conflict with whatever is opened meanwhile.
///
/// # Errors
/// `Unavailable`, `Internal`.
pub async fn ending_access(store: &Store, account_id: AccountId, extent: Extent) -> Result<EndOfAccess, Error> {
    let guard = async {
        let guard: Option<Guard> = store.get(Row::SessionGuard(account_id)).await?;
        guard.ok_or_else(|| Error::internal("an account has no guard"))
    };
    ending(store, account_id, guard, extent).await
}

/// [`ending_access`], by a guard that was read before.
///
/// # Errors
/// `Unavailable`, `Internal`.
pub async fn ending_by(
    store: &Store,
    account_id: AccountId,
    seen: Guard,
    extent: Extent,
) -> Result<EndOfAccess, Error> {
    ending(store, account_id, ready(Ok(seen)), extent).await
}

/// Each kind is counted first and looked for then, so that nothing is opened in between that is neither found nor stated. Where there is more
/// than one transaction holds, the rest ends before: sessions rather than tokens, for people sign in again and programs do not.
async fn ending(
    store: &Store,
    account_id: AccountId,
    guard: impl Future<Output = Result<Guard, Error>>,
    extent: Extent,
) -> Result<EndOfAccess, Error> {
    let sessions = async {
        let seen = guard.await?;
        Ok((seen, sessions_of(store, account_id).await?))
    };
    let tokens = async {
        match extent {
            Extent::Everything | Extent::AllBut(_) => FoundTokens::of(store, account_id).await.map(Some),
            Extent::SessionsBut(_) => Ok(None),
        }
    };
    // Boxed: every change of an account has room for it.
    let read = Box::pin(async { tokio::try_join!(sessions, tokens) });
    let ((seen, sessions), tokens) = read.await?;
    let sessions = sessions.into_iter().filter(|id| !extent.spares(*id)).map(|id| Row::Session(account_id, id));
    let mut rows: Vec<_> = tokens.iter().flat_map(FoundTokens::rows).chain(sessions).collect();
    let too_many = rows.split_off(rows.len().min(ENDED_AT_ONCE));
    delete_each(store, &too_many).await?;
    let mut ended: Vec<_> = rows.into_iter().map(|row| Write::Delete(Expected::new(row))).collect();
    ended.extend(tokens.map(|tokens| tokens.no_more()).transpose()?);
    let next = Generation { generation: seen.generation + 1, opened: 0 };
    let guard = Update::new(Row::SessionGuard(account_id))
        .set_all(&next)?
        .when(Condition::equals("generation", &seen.generation)?)
        .when(Condition::equals("opened", &seen.opened)?);
    Ok(EndOfAccess { guard, ended, seen })
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
    let rows: Vec<_> = sessions.iter().map(|id| Row::Session(account_id, *id)).collect();
    delete_each(store, &rows).await
}

async fn delete_each(store: &Store, rows: &[Row<'_>]) -> Result<(), Error> {
    for some in rows.chunks(DELETIONS) {
        try_join_all(some.iter().map(|row| store.delete(*row))).await?;
    }
    Ok(())
}

impl Auth {
    /// [`ending_access`] in the tables of this function.
    ///
    /// # Errors
    /// `Unavailable`, `Internal`.
    pub(crate) async fn ending_access(&self, account_id: AccountId, extent: Extent) -> Result<EndOfAccess, Error> {
        ending_access(&self.app.store, account_id, extent).await
    }
}
