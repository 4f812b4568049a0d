//! What operators do to an account: each is one transaction, with its event.

use std::time::{Duration, Instant};

use shared::{
    contention::Contention,
    error::Error,
    events::{AccountEvent, Action, Announced, Circumstances},
    ids::AccountId,
    store::{Condition, Raced, Store, Update, Write},
    tables::Row,
    time::{Clock, Timestamp},
};

use crate::{
    account::{Account, Ban, Due, Tombstone},
    records::ending::{ACCOUNT, ending},
    session::ending::{Ending, ending_sessions},
};

/// For how long an operator competes with those who sign in.
const PATIENCE: Duration = Duration::from_secs(10);

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
        Ok(Some(account)) => Standing::There {
            banned: account.banned.map(|Ban { reason, at }| (reason, at)),
            ends_at: account.ending.map(|due| due.at),
            undo_until: account.undo.map(|undo| undo.until).filter(|until| now < *until),
        },
        Err(error @ Error::Internal(_)) => match store.get::<Tombstone>(Row::Account(id)).await {
            Ok(Some(_)) => Standing::Ended,
            _ => return Err(error),
        },
        Err(error) => return Err(error),
    })
}

impl Standing {
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

/// Carries out a command; false where it would change nothing.
///
/// # Errors
/// `Contended` when others are quicker all the time; `Unavailable`, `Internal`.
pub async fn carry_out(store: &Store, command: &Command, id: AccountId, clock: &Clock) -> Result<bool, Error> {
    let (mut contention, now) = (Contention::over(ACCOUNT, Instant::now() + PATIENCE), clock.now());
    let (mut announced, circumstances) = (None::<Announced>, Circumstances::operator(now));
    loop {
        if !standing(store, id, now).await?.admits(command) {
            return Ok(false);
        }
        let Some(account) = store.get::<Account>(Row::Account(id)).await? else { return Ok(false) };
        let mut writes = command.writes(store, account, &circumstances, clock).await?;
        let event = match announced.take() {
            Some(event) => event,
            None => AccountEvent::new(id, command.action(), circumstances.clone(), None, clock)?.announce()?,
        };
        writes.push(Write::Put(event.put()?));
        if store.race(writes).await? == Raced::Won {
            event.happened();
            return Ok(true);
        }
        announced = Some(event);
        contention.lost().await?;
    }
}

impl Command {
    const fn action(&self) -> Action {
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
        let row = Update::new(Row::Account(id)).when(Condition::equals("version", &seen)?);
        let changes = match self {
            Self::Unban => return Ok(vec![Write::Update(row.set("banned", &None::<Ban>)?)]),
            Self::Ban(reason) => {
                let ban = Ban { reason: reason.clone(), at: circumstances.at };
                vec![Write::Update(row.set("banned", &ban)?.set("version", &(seen + 1))?)]
            }
            Self::End => {
                let due = Due::new(circumstances)?;
                account.end(due);
                ending(&account, &due, seen, circumstances, clock)?
            }
        };
        let Ending { guard, sessions, .. } = ending_sessions(store, id, None).await?;
        Ok(changes.into_iter().chain([Write::Update(guard)]).chain(sessions).collect())
    }
}
