//! Somebody who is signed in proves again who is there. The session's row is raised; its refresh token stays.

use std::time::Instant;

use serde::de::IgnoredAny;
use shared::{
    caller::{Aal, Authentication, Caller, Method},
    error::Error,
    store::{Condition, Write, Written},
    time::Timestamp,
};

use super::shown::{Checked, Proven, Shown};
use crate::{
    mfa::challenge::Ceremony,
    records::{
        notice::{Telling, TellingOf},
        own_password::NotProven,
    },
    sender::Sender,
    session::change::SessionChange,
    state::Auth,
};

/// What those who prove it again at once compete for.
const SESSION: &str = "a session";

/// What proving it again comes to.
pub enum StepUp {
    /// The session is raised: this is how it is signed in to.
    Done(Authentication),
    /// What was shown proves nothing.
    Refused,
    /// It was not looked at. The next one may be in so many seconds.
    Locked(i64),
}

impl Auth {
    /// Raises the caller's session by a second factor, in a request that came in at `since`.
    ///
    /// # Errors
    /// `InvalidToken` where the session has ended meanwhile; `Contended`, `Unavailable`, `Internal`.
    pub(crate) async fn step_up(
        &self,
        caller: &Caller,
        shown: &Shown,
        sender: &Sender,
        since: Instant,
        now: Timestamp,
    ) -> Result<StepUp, Error> {
        let ceremony = Ceremony::StepUp { account: caller.account_id(), session: caller.session_id() };
        let told = Telling::of_session(sender.origin(), caller.session_id(), now);
        match self.check_factor(caller.account_id(), shown, &ceremony, &told, now).await? {
            Checked::Right(proven) => self.raise(caller, &proven, &told, since, now).await,
            Checked::Wrong(_) => Ok(StepUp::Refused),
            Checked::Locked(seconds) => Ok(StepUp::Locked(seconds)),
        }
    }

    async fn raise(
        &self,
        caller: &Caller,
        proven: &Proven,
        told: &Telling,
        since: Instant,
        now: Timestamp,
    ) -> Result<StepUp, Error> {
        let authentication = proven.behind(&caller.authentication().amr, now);
        let mut news: Vec<_> = proven.news().collect();
        // Whose letters they are is read only where there are any.
        let account = if news.is_empty() { None } else { Some(self.own_account(caller).await?) };
        let is_exempt = proven.is_older_than(caller.frozen_at());
        let raised = SessionChange::Raised { authentication: authentication.clone(), is_exempt };
        let mut contention = self.app.contention(SESSION, since);
        loop {
            let mut writes = proven.writes(now)?;
            writes.push(Write::Update(raised.update(caller)?));
            if let Some(account) = &account {
                for news in &mut news {
                    writes.extend(news.writes(self, account, told)?);
                }
            }
            if let Written::Done(()) = self.app.store.transact(writes).await? {
                news.into_iter().for_each(TellingOf::happened);
                return Ok(StepUp::Done(authentication));
            }
            caller.is_signed_in(&self.app.store).await?;
            if !self.still_holds(proven).await? {
                return Ok(StepUp::Refused);
            }
            contention.lost().await?;
        }
    }

    /// Raises the caller's session by the password of the account, where it has no second factors.
    ///
    /// # Errors
    /// Those of [`Auth::step_up`].
    pub(crate) async fn step_up_by_password(
        &self,
        caller: &Caller,
        password: &str,
        sender: &Sender,
        since: Instant,
        now: Timestamp,
    ) -> Result<StepUp, Error> {
        if caller.has_factors() {
            return Ok(StepUp::Refused);
        }
        match self.proven_account(caller, Some(password), sender, since, now).await? {
            Ok(_) => {}
            Err(NotProven::Wrong) => return Ok(StepUp::Refused),
            Err(NotProven::Locked(seconds)) => return Ok(StepUp::Locked(seconds)),
        }
        let authentication = Authentication { aal: Aal::Aal1, amr: vec![Method::Pwd], auth_time: now };
        let raised = SessionChange::Raised { authentication: authentication.clone(), is_exempt: false };
        // The first factor that comes in between has ended every session but the one that added it.
        let update = raised.update(caller)?.when(Condition::equals("mfa", &false)?);
        match self.app.store.update::<IgnoredAny>(update).await? {
            Written::Done(_) => Ok(StepUp::Done(authentication)),
            Written::Conflict(_) => caller.is_signed_in(&self.app.store).await.map(|()| StepUp::Refused),
        }
    }
}
