//! Passwords that are easy to guess, and were chosen before anybody looked: their owners are told, and let in all the same.

use shared::{
    caller::Origin,
    error::Error,
    events::{AccountEvent, Action, By, Circumstances},
    ids::SessionId,
    outbox::Letter,
    store::{Condition, Update, Write, Written},
    tables::Row,
    time::Timestamp,
};

use super::post;
use crate::{
    account::Account,
    password::{
        PasswordHash,
        weak::{Personal, Weakness},
    },
    state::Auth,
};

impl Auth {
    /// All that is done with a right password while it is at hand: a hash that is outdated is made anew, and who has one that is easy to guess is
    /// told. What goes wrong is logged, and the next login tries again. `session`: the one that it has opened, if it has.
    pub(crate) async fn after_password(
        &self,
        account: &Account,
        outdated: Option<&PasswordHash>,
        password: &str,
        session: Option<SessionId>,
        origin: &Origin,
        now: Timestamp,
    ) {
        if let Some(outdated) = outdated
            && let Err(error) = self.rehash(account.id, outdated, password, now).await
        {
            tracing::warn!(?error, "a password is not hashed anew; its next login tries again");
        }
        self.flag_weak_password(account, password, session, origin, now).await;
    }

    /// Looks at the password that somebody has just signed in with. Who signs in with one that is easy to guess gets a letter, once in a
    /// while. Nobody else is asked about it, no row is read, and whoever has not shown the right password never comes to this: it takes
    /// microseconds, and tells a stranger nothing. What goes wrong is logged, for the session is there already.
    async fn flag_weak_password(
        &self,
        account: &Account,
        password: &str,
        session: Option<SessionId>,
        origin: &Origin,
        now: Timestamp,
    ) {
        if Weakness::of(password, &Personal::new(&account.address, &self.config.product, [])).is_none() {
            return;
        }
        tracing::info!(event = "weak_password", account = %account.id, "somebody signs in with a password that is easy to guess");
        if account.may_be_told_of_weakness(now)
            && let Err(error) = self.tell_of_weak_password(account, session, origin, now).await
        {
            tracing::warn!(?error, "nobody is told of a weak password; its next login tries again");
        }
    }

    /// That it is told, the letter and the event are one transaction, so that of several who sign in at once one tells. A password that was
    /// set meanwhile is another one.
    async fn tell_of_weak_password(
        &self,
        account: &Account,
        session: Option<SessionId>,
        origin: &Origin,
        now: Timestamp,
    ) -> Result<(), Error> {
        let as_read = match account.weak_told_at {
            None => Condition::Absent("weak_told_at"),
            Some(told) => Condition::equals("weak_told_at", &told)?,
        };
        let told = Update::new(Row::Account(account.id)).set("weak_told_at", &now)?;
        let told = told.when(as_read).when(Condition::equals("version", &account.version)?);
        let letter = post(Letter::WeakPassword { to: account.address.clone() }, account.language, now)?;
        let circumstances = Circumstances::of(origin, By::User, now);
        let clock = &self.app.clock;
        let event = AccountEvent::new(account.id, Action::WeakPassword, circumstances, session, clock)?.announce()?;
        let writes = vec![Write::Update(told), letter, Write::Put(event.put()?)];
        if let Written::Done(()) = self.app.store.transact(writes).await? {
            event.happened();
        }
        Ok(())
    }
}
