//! Events whose lines are in the log, and whose rows come next.

use super::{AccountEvent, Action, Circumstances};
use crate::{
    error::Error,
    ids::{AccountId, SessionId},
    store::{Put, Write},
    time::Clock,
};

/// An event whose line is in the log and whose row is about to be written. Dropped before it is said to have happened, it says in the log
/// that it has not: its row is none that somebody took away.
#[must_use = "an event that has happened must be said to have"]
pub struct Announced {
    event: AccountEvent,
    has_happened: bool,
}

/// An event that is announced when the first transaction is about to be written that has it, and is the same in all rounds.
pub struct OneEvent {
    action: Action,
    announced: Option<Announced>,
}

impl OneEvent {
    /// Not announced yet.
    #[must_use]
    pub const fn new(action: Action) -> Self {
        Self { action, announced: None }
    }

    /// What has happened, if it does.
    #[must_use]
    pub const fn action(&self) -> Action {
        self.action
    }

    /// The write that keeps it: as of the first call, whatever later ones say.
    ///
    /// # Errors
    /// `Internal`.
    pub fn put(
        &mut self,
        account: AccountId,
        by: &Circumstances,
        session: Option<SessionId>,
        clock: &Clock,
    ) -> Result<Write<'static>, Error> {
        let announced = if let Some(announced) = &self.announced {
            announced
        } else {
            let event = AccountEvent::new(account, self.action, by.clone(), session, clock)?;
            self.announced.insert(event.announce()?)
        };
        announced.put().map(Write::Put)
    }

    /// The transaction with it took place.
    pub fn happened(self) {
        self.announced.into_iter().for_each(Announced::happened);
    }
}

impl Announced {
    /// An event whose line has just been written.
    pub(super) const fn of(event: AccountEvent) -> Self {
        Self { event, has_happened: false }
    }

    /// The put that keeps the event, for the transaction of what has happened.
    ///
    /// # Errors
    /// `Internal`.
    pub fn put(&self) -> Result<Put<'static>, Error> {
        self.event.put()
    }

    /// The event.
    #[must_use]
    pub const fn event(&self) -> &AccountEvent {
        &self.event
    }

    /// Its row is written. This line is the one that is counted.
    pub fn happened(mut self) {
        self.has_happened = true;
        let (id, action) = (self.event.id, self.event.action.name());
        tracing::info!(event = "account_changed", %id, action, "something has happened to an account");
    }
}

impl Drop for Announced {
    fn drop(&mut self) {
        if !self.has_happened {
            let id = self.event.id;
            tracing::info!(event = "account_event_void", %id, "an event of an account has not happened, or nobody knows");
        }
    }
}
