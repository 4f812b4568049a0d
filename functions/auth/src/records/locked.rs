//! Many wrong passwords are tried at one address: who watches is told, and the owner of the account, once a day.

use aws_lc_rs::digest;
use shared::{
    caller::Origin,
    error::Error,
    events::{AccountEvent, Action, Announced, By, Circumstances},
    ids::MailId,
    outbox::{Letter, Mail},
    store::{Condition, Expected, Write, Written},
    tables::Row,
    time::Timestamp,
};

use super::{guarded::GuardOf, known::decoy};
use crate::{
    account::{Account, language},
    state::Auth,
};

impl Auth {
    /// Says so. Where there is no account a letter is written that nobody gets, so that every address costs the same. What goes wrong with
    /// it is logged: the try has been counted and refused.
    pub(crate) async fn tell_of_lock(
        &self,
        of: GuardOf<'_>,
        account: Option<&Account>,
        origin: &Origin,
        now: Timestamp,
    ) {
        tracing::warn!(event = "locked", "many passwords were wrong at one address");
        if let Err(error) = self.post_lock(of, account, origin, now).await {
            tracing::warn!(?error, "nobody is told of a lock");
        }
    }

    /// Letter and event are one transaction. Where there is no account it looks for an event that is not there in the place of writing one.
    async fn post_lock(
        &self,
        of: GuardOf<'_>,
        account: Option<&Account>,
        origin: &Origin,
        now: Timestamp,
    ) -> Result<(), Error> {
        let letter = account.map_or(Letter::Nothing, |account| Letter::Locked { to: account.address.clone() });
        let once = Mail::named(once_a_day(of, now), letter, language(account), now).post()?.when(Condition::New);
        let whose = match of {
            GuardOf::Account(id) => id,
            GuardOf::Address(key) => decoy(key),
        };
        let circumstances = Circumstances::of(origin, By::User, now);
        let event = AccountEvent::new(whose, Action::Locked, circumstances, None, &self.app.clock)?;
        let (event, beside) = match account {
            Some(_) => {
                let event = event.announce()?;
                let put = Write::Put(event.put()?);
                (Some(event), put)
            }
            None => (None, Write::Check(Expected::new(Row::AccountEvent(whose, event.id)).when(Condition::New))),
        };
        match self.app.store.transact(vec![Write::Put(once), beside]).await? {
            Written::Done(()) => event.into_iter().for_each(Announced::happened),
            Written::Conflict(_) => tracing::debug!("the owner was told today"),
        }
        Ok(())
    }
}

/// Names the letter of one day to one account, or to one address that has none.
pub fn once_a_day(of: GuardOf<'_>, now: Timestamp) -> MailId {
    let mut name = digest::Context::new(&digest::SHA256);
    name.update(b"locked\0");
    match of {
        GuardOf::Account(id) => name.update(id.as_bytes()),
        GuardOf::Address(key) => name.update(key.as_bytes()),
    }
    name.update(&now.days().to_be_bytes());
    let name = name.finish();
    MailId::from_bytes(std::array::from_fn(|at| name.as_ref()[at]))
}
