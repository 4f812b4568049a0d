//! What is told of a change: an event for the list and the log, and a letter to the owner.

use compat::email::EmailAddress;
use shared::{
    caller::Origin,
    error::Error,
    events::{self, Action, By, Circumstances},
    ids::{AccountId, SessionId},
    outbox::{Letter, News},
    store::Write,
    time::Timestamp,
};

use super::post;
use crate::{account::Account, state::Auth};

/// Who does something that is told of.
pub struct Telling {
    by: Circumstances,
    session: Option<SessionId>,
}

impl Telling {
    /// Somebody who is signed in.
    #[must_use]
    pub fn of_session(origin: &Origin, session: SessionId, now: Timestamp) -> Self {
        Self { by: Circumstances::of(origin, By::User, now), session: Some(session) }
    }

    /// Somebody who is not signed in.
    #[must_use]
    pub fn of_somebody(origin: &Origin, now: Timestamp) -> Self {
        Self { by: Circumstances::of(origin, By::User, now), session: None }
    }

    /// Somebody who has a mailed link.
    #[must_use]
    pub fn of_link(origin: &Origin, now: Timestamp) -> Self {
        Self { by: Circumstances::of(origin, By::Link, now), session: None }
    }

    /// An operator.
    #[must_use]
    pub const fn of_operator(now: Timestamp) -> Self {
        Self { by: Circumstances::operator(now), session: None }
    }

    /// When.
    #[must_use]
    pub const fn at(&self) -> Timestamp {
        self.by.at
    }

    /// A letter with a link for who has not done it.
    ///
    /// # Errors
    /// `Internal`.
    pub fn notice(
        &self,
        account: &Account,
        to: &EmailAddress,
        news: News,
        unix_ms: u64,
    ) -> Result<Write<'static>, Error> {
        let not_me = Some(account.not_me_link(unix_ms)?);
        self.letter(account, Letter::Notice { to: to.clone(), news, circumstances: self.by.clone(), not_me })
    }

    /// A letter to who has nothing left to save.
    ///
    /// # Errors
    /// `Internal`.
    pub fn farewell(&self, account: &Account, to: EmailAddress, news: News) -> Result<Write<'static>, Error> {
        self.letter(account, Letter::Notice { to, news, circumstances: self.by.clone(), not_me: None })
    }

    fn letter(&self, account: &Account, letter: Letter) -> Result<Write<'static>, Error> {
        post(letter, account.language, self.by.at)
    }
}

/// An event that is announced when the first transaction is about to be written that has it, and is the same in all rounds.
pub struct OneEvent(events::OneEvent);

impl OneEvent {
    /// Not announced yet.
    #[must_use]
    pub const fn new(action: Action) -> Self {
        Self(events::OneEvent::new(action))
    }

    /// The write that keeps it.
    ///
    /// # Errors
    /// `Internal`.
    pub fn put(&mut self, auth: &Auth, account: AccountId, told: &Telling) -> Result<Write<'static>, Error> {
        self.0.put(account, &told.by, told.session, &auth.app.clock)
    }

    /// The transaction with it took place.
    pub fn happened(self) {
        self.0.happened();
    }
}

/// An event and the letter that tells of it, which go together.
pub struct TellingOf {
    event: OneEvent,
    news: News,
}

impl TellingOf {
    /// Nothing is told yet.
    #[must_use]
    pub const fn new(action: Action, news: News) -> Self {
        Self { event: OneEvent::new(action), news }
    }

    /// What is told.
    #[must_use]
    pub const fn what(&self) -> (Action, &News) {
        (self.event.0.action(), &self.news)
    }

    /// The event and the letter.
    ///
    /// # Errors
    /// `Internal`.
    pub fn writes(&mut self, auth: &Auth, account: &Account, told: &Telling) -> Result<[Write<'static>; 2], Error> {
        let letter = told.notice(account, &account.address, self.news.clone(), auth.app.clock.unix_ms())?;
        Ok([letter, self.event.put(auth, account.id, told)?])
    }

    /// The transaction with both took place.
    pub fn happened(self) {
        self.event.happened();
    }
}
