//! Sessions that their owner ends. What somebody opens at the same moment stays: nobody has done anything to the account.

use std::time::Instant;

use shared::{
    caller::{Caller, Origin},
    error::Error,
    events::Action,
    ids::{AccountId, SessionId},
    store::{Condition, Expected, Found, Raced, Write, Written},
    tables::{Row, Rows},
    time::Timestamp,
};

use super::{
    Session,
    ending::{ENDED_AT_ONCE, delete_sessions},
};
use crate::{
    records::notice::{OneEvent, Telling},
    state::Auth,
};

/// What those who end the sessions of an account compete for.
const SESSIONS: &str = "the sessions of an account";

/// How far signing out reaches, in the caller's account.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// All but the caller's own.
    Others,
    /// All, the caller's own too.
    All,
}

/// Who ends sessions, and when.
pub struct Leaving<'a> {
    /// Whose sessions they are.
    pub account: AccountId,
    /// The session that asks for it.
    pub session: SessionId,
    /// Where the request comes from.
    pub origin: &'a Origin,
    /// The time of the request.
    pub now: Timestamp,
}

impl<'a> Leaving<'a> {
    /// A caller who ends sessions.
    #[must_use]
    pub const fn of(caller: &Caller, origin: &'a Origin, now: Timestamp) -> Self {
        Self { account: caller.account_id(), session: caller.session_id(), origin, now }
    }

    fn telling(&self) -> Telling {
        Telling::of_session(self.origin, self.session, self.now)
    }
}

impl Auth {
    /// Ends one session; `false` when there is none.
    ///
    /// # Errors
    /// `Contended`, `Unavailable`, `Internal`.
    pub(crate) async fn end_session(&self, leaving: &Leaving<'_>, id: SessionId) -> Result<bool, Error> {
        let mut event = OneEvent::new(Action::SignedOut);
        let writes = vec![ended(leaving.account, id), event.put(self, leaving.account, &leaving.telling())?];
        Ok(match self.app.store.transact(writes).await? {
            Written::Done(()) => {
                event.happened();
                true
            }
            Written::Conflict(_) => false,
        })
    }

    /// Ends many sessions, in a request that came in at `since`. Where there are more than one transaction holds, the others end before, and
    /// what is written down of it comes with the last. Of those who ask at once one is first, and the others find nothing left.
    ///
    /// # Errors
    /// `InvalidToken` when the caller's own session has ended meanwhile; `Contended`, `Unavailable`, `Internal`.
    pub(crate) async fn end_sessions(&self, leaving: &Leaving<'_>, reach: Reach, since: Instant) -> Result<(), Error> {
        let Leaving { account, session: own, now, .. } = *leaving;
        let mut contention = self.app.contention(SESSIONS, since);
        let (mut event, told) = (OneEvent::new(Action::SessionsEnded), leaving.telling());
        loop {
            let found = self.app.store.found(Rows::SessionsOf(account)).await?;
            let mut sessions: Vec<_> = found.into_iter().filter_map(|row| to_end(row, now)).collect();
            if !sessions.contains(&own) {
                return Err(Error::InvalidToken);
            }
            sessions.retain(|id| *id != own);
            if sessions.is_empty() && reach == Reach::Others {
                return Ok(());
            }
            let too_many = sessions.split_off(sessions.len().min(ENDED_AT_ONCE - 1));
            delete_sessions(&self.app.store, account, &too_many).await?;
            let mut writes: Vec<_> = sessions.iter().map(|id| ended(account, *id)).collect();
            writes.push(match reach {
                Reach::All => ended(account, own),
                Reach::Others => Write::Check(Expected::new(Row::Session(account, own)).when(Condition::Exists)),
            });
            writes.push(event.put(self, account, &told)?);
            if self.app.store.race(writes).await? == Raced::Won {
                event.happened();
                return Ok(());
            }
            contention.lost().await?;
        }
    }
}

/// The session of a row, unless it has ended by itself. One that cannot be read has not: it must not keep the others alive, nor itself.
fn to_end(row: Found, now: Timestamp) -> Option<SessionId> {
    let (pk, sk) = row.key();
    let (_, id) = Row::session(pk, sk)?;
    let has_ended = row.read::<Session>().is_ok_and(|session| session.expires_at <= now);
    (!has_ended).then_some(id)
}

/// The end of a session that is there.
fn ended(account: AccountId, id: SessionId) -> Write<'static> {
    Write::Delete(Expected::new(Row::Session(account, id)).when(Condition::Exists))
}
