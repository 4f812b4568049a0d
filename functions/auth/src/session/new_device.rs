//! Somebody signs in from a place that is not known: the owner hears of it, in the transaction that opens the session.

use shared::{
    error::Error,
    events::{AccountEvent, Action, Announced, By, Circumstances},
    ids::SessionId,
    outbox::{Letter, Mail, News},
    store::Write,
    time::Timestamp,
};

use super::sign_in::Arrival;
use crate::{account::Account, state::Auth};

/// What the owner is told by, not written yet.
pub struct Surprise {
    event: Announced,
    letter: Mail,
}

impl Auth {
    /// Whoever signs in does so from an unknown place.
    ///
    /// # Errors
    /// `Internal`.
    pub(super) fn surprise(
        &self,
        account: &Account,
        session: SessionId,
        Arrival { origin, .. }: &Arrival,
        now: Timestamp,
    ) -> Result<Surprise, Error> {
        let (clock, circumstances) = (&self.app.clock, Circumstances::of(origin, By::User, now));
        let not_me = Some(account.not_me_link(clock.unix_ms())?);
        let (to, news) = (account.address.clone(), News::NewDevice);
        let letter = Letter::Notice { to, news, circumstances: circumstances.clone(), not_me };
        let event = AccountEvent::new(account.id, Action::NewDevice, circumstances, Some(session), clock)?;
        Ok(Surprise { event: event.announce()?, letter: Mail::new(letter, account.language, now)? })
    }
}

impl Surprise {
    /// What goes into the transaction.
    ///
    /// # Errors
    /// `Internal`.
    pub fn writes(&self) -> Result<[Write<'static>; 2], Error> {
        Ok([Write::Put(self.event.put()?), Write::Put(self.letter.post()?)])
    }

    /// It is written.
    pub fn happened(self) {
        self.event.happened();
    }
}
