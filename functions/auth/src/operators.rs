//! What operators do to an account: each is one transaction. Their tool adds the event and says so in its log.

use shared::{
    error::Error,
    events::{Action, Circumstances},
    ids::{AccountId, MailId},
    store::{Condition, Store, Update, Write},
    tables::Row,
    time::{Clock, Timestamp},
};

use crate::{
    account::{Account, Ban, Due, Tombstone},
    records::{account_row::as_seen, ending::ending, guarded::GuardOf, locked::once_a_day},
    session::{
        ending::{EndOfAccess, Extent, ending_access},
        rounds::take_turn,
    },
};
pub use crate::{
    address::{
        AddressRecord,
        outstanding::{Asked, OpenLink, Outstanding},
    },
    factors::{
        Factors, Mfa, Passkey, Totp,
        reset::{FREEZE, OBJECTION, Requested, Reset, ResetStanding},
        view::{FactorsView, factors_of},
    },
    session::ending::{ENDED_AT_ONCE, delete_sessions, sessions_of},
};

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Suspend it, for a reason that is a code.
    Ban(String),
    /// Suspend it no longer.
    Unban,
    /// Have it deleted in a week, as if its owner had asked for it.
    End,
}

/// How an account stands, as far as operators decide that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// There is none of this id.
    Unknown,
    /// It has been deleted.
    Ended,
    /// It is there.
    There {
        /// Why and since when it is suspended, if it is.
        banned: Option<(String, Timestamp)>,
        /// When it is to be deleted, if it is.
        ends_at: Option<Timestamp>,
        /// Until when a former address may take it back, if one may.
        undo_until: Option<Timestamp>,
    },
}

/// How an account stands.
///
/// # Errors
/// `Unavailable`, `Internal`.
pub async fn standing(store: &Store, id: AccountId, now: Timestamp) -> Result<Standing, Error> {
    Ok(match store.get::<Account>(Row::Account(id)).await {
        Ok(None) => Standing::Unknown,
        Ok(Some(account)) => Standing::of(&account, now),
        Err(error @ Error::Internal(_)) => match store.get::<Tombstone>(Row::Account(id)).await {
            Ok(Some(_)) => Standing::Ended,
            _ => return Err(error),
        },
        Err(error) => return Err(error),
    })
}

impl Standing {
    fn of(account: &Account, now: Timestamp) -> Self {
        Self::There {
            banned: account.banned.as_ref().map(|Ban { reason, at }| (reason.clone(), *at)),
            ends_at: account.ending.map(|due| due.at),
            undo_until: account.former(now).map(|undo| undo.until),
        }
    }

    /// Whether a command would change anything.
    #[must_use]
    pub const fn admits(&self, command: &Command) -> bool {
        let Self::There { banned, ends_at, undo_until } = self else { return false };
        match command {
            Command::Ban(_) => banned.is_none(),
            Command::Unban => banned.is_some(),
            Command::End => ends_at.is_none() && undo_until.is_none(),
        }
    }
}

/// Names the letter that has told the owner of an account of many wrong passwords today, if one has.
#[must_use]
pub fn letter_of_lock(id: AccountId, now: Timestamp) -> MailId {
    once_a_day(GuardOf::Account(id), now)
}

/// The writes that carry out a command on an account which is there, but for its event; none where it would change nothing. They conflict
/// with whoever changes the account meanwhile, and with nobody who signs in: where access is to end, no session begins from here on, for
/// a moment. A command that gets no further has changed nothing, and may be given again.
///
/// # Errors
/// `Unavailable`, `Internal`.
pub async fn writes(
    store: &Store,
    command: &Command,
    id: AccountId,
    clock: &Clock,
) -> Result<Option<Vec<Write<'static>>>, Error> {
    let now = clock.now();
    let account: Option<Account> = store.get(Row::Account(id)).await?;
    let Some(account) = account.filter(|account| Standing::of(account, now).admits(command)) else { return Ok(None) };
    command.writes(store, account, &Circumstances::operator(now), clock).await.map(Some)
}

impl Command {
    /// The event that it is.
    #[must_use]
    pub const fn action(&self) -> Action {
        match self {
            Self::Ban(_) => Action::Banned,
            Self::Unban => Action::Unbanned,
            Self::End => Action::DeletionRequested,
        }
    }

    /// The writes of an account that has just been read. Whoever was judged by it as it was before is not let in.
    async fn writes(
        &self,
        store: &Store,
        mut account: Account,
        circumstances: &Circumstances,
        clock: &Clock,
    ) -> Result<Vec<Write<'static>>, Error> {
        let (id, seen) = (account.id, account.version);
        let changes = match self {
            Self::Unban => {
                let row = Update::new(Row::Account(id)).when(Condition::equals("version", &seen)?);
                return Ok(vec![Write::Update(row.set("banned", &None::<Ban>)?)]);
            }
            Self::Ban(reason) => {
                account.version += 1;
                let ban = Ban { reason: reason.clone(), at: circumstances.at };
                vec![Write::Update(as_seen(&account, seen)?.set("banned", &ban)?)]
            }
            Self::End => {
                let due = Due::new(circumstances)?;
                account.end(due);
                ending(&account, &due, seen, circumstances, clock)?
            }
        };
        // Of an account that has changed meanwhile nobody takes a turn: the writes conflict.
        let _taken = take_turn(store, id, seen, circumstances.at).await?;
        let EndOfAccess { guard, ended, .. } = ending_access(store, id, Extent::Everything).await?;
        Ok(changes.into_iter().chain([Write::Update(guard)]).chain(ended).collect())
    }
}
