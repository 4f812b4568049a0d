//! Signing in: a proof of who somebody is for a session. What is answered is the endpoint's business.

use std::time::Instant;

use serde::de::IgnoredAny;
use shared::{
    caller::{Aal, Authentication, Method, Origin},
    error::Error,
    events::Action,
    ids::AccountId,
    outbox::News,
    store::{Condition, Expected, Put, Update, Write, Written},
    tables::Row,
    time::Timestamp,
};

use super::{Session, SignedIn};
use crate::{
    account::Account,
    guard::{Change, Guard, PlaceId, Retraction, row::changing},
    password::Verdict,
    records::notice::{OneEvent, Telling},
    state::Auth,
};

/// What those who sign in at once compete for.
const SIGN_INS: &str = "the guard of an account";

/// Proof that somebody is the owner of an account, as it was when it was read. Fields are private: it comes of a
/// compared password, or of having just made the account, for which the caller answers.
pub struct Proof<'a> {
    account: &'a Account,
    authentication: Authentication,
}

impl<'a> Proof<'a> {
    /// By what came of comparing a password with the account's own; `None` if it was another.
    #[must_use]
    pub fn by_password(account: &'a Account, verdict: Verdict, now: Timestamp) -> Option<Self> {
        match (verdict, &account.password) {
            (Verdict::Right | Verdict::RightButOutdated, Some(_)) => Some(Self::with_password(account, now)),
            (Verdict::Wrong, _) | (_, None) => None,
        }
    }

    /// By having just made the account, with its password, where addresses need no proof.
    #[must_use]
    pub fn by_making(account: &'a Account, now: Timestamp) -> Self {
        Self::with_password(account, now)
    }

    fn with_password(account: &'a Account, now: Timestamp) -> Self {
        let authentication = Authentication { aal: Aal::Aal1, amr: vec![Method::Pwd], auth_time: now };
        Self { account, authentication }
    }
}

/// What signing in changes in the guard of the account, besides that a session is opened.
#[derive(Default)]
pub struct Arrival {
    /// The guard, as it was last seen.
    pub guard: Guard,
    /// Takes the try back whose password was right; none where nothing was tried.
    pub retraction: Option<Retraction>,
    /// Where the owner comes from: places that are known from now on.
    pub from: Vec<PlaceId>,
    /// Where the request comes from, in the words that the session is listed with.
    pub origin: Origin,
}

impl Arrival {
    fn is_surprising(&self, now: Timestamp) -> bool {
        self.guard.is_surprised_by(&self.from, now)
    }

    fn change(&self, now: Timestamp) -> Change {
        let Self { guard, retraction, from, .. } = self;
        match retraction {
            Some(retraction) => guard.taking_back(retraction).then(|guard| guard.welcoming(from, now)),
            None => guard.welcoming(from, now),
        }
    }
}

impl Auth {
    /// A new session for whoever has proven to be the owner of an account, in a request that came in at `since`; `None` when what proves
    /// the owner has changed since it was read, or is about to. Where it comes from a place that is not known, the owner is told. Of those who sign in at once one is first, and the others look at the guard again.
    ///
    /// # Errors
    /// `Contended`, `Unavailable`, `Internal`.
    pub(crate) async fn sign_in(
        &self,
        Proof { account, authentication }: Proof<'_>,
        mut arrival: Arrival,
        since: Instant,
    ) -> Result<Option<SignedIn>, Error> {
        let now = authentication.auth_time;
        // Nor in the way of whoever has a turn.
        if account.is_barred(now) {
            return Ok(None);
        }
        let (freeze, longest) = (arrival.guard.freeze, self.config.longest_session);
        let mut new = Session::open(account, authentication, &arrival.origin, freeze, longest)?;
        let (mut contention, mut event) = (self.app.contention(SIGN_INS, since), OneEvent::new(Action::NewDevice));
        loop {
            let put = Put::new(Row::Session(account.id, new.session.id), &new.session)?;
            let opened = Update::new(Row::SessionGuard(account.id)).count("opened").when(Condition::Exists);
            let guard = Write::Update(changing(opened, &arrival.change(now))?);
            let mut writes = vec![Write::Put(put), guard, as_read(account, now)?];
            // Of those who come from one new place at once, the first is a surprise.
            let is_surprising = arrival.is_surprising(now);
            if is_surprising {
                let told = Telling::of_session(&arrival.origin, new.session.id, now);
                writes.push(told.notice(account, &account.address, News::NewDevice, self.app.clock.unix_ms())?);
                writes.push(event.put(self, account.id, &told)?);
            }
            match self.app.store.transact(writes).await {
                Ok(Written::Done(())) => {
                    if is_surprising {
                        event.happened();
                    }
                    self.bound_sessions(account.id, arrival.guard.opened + 1, now).await;
                    return Ok(Some(new));
                }
                Ok(Written::Conflict(_)) => {}
                Err(error) => {
                    self.excuse(account.id, &arrival).await;
                    return Err(error);
                }
            }
            let there = self.account_there(account.id).await?;
            if !there.is_some_and(|there| there.version == account.version && !there.is_barred(now)) {
                return Ok(None);
            }
            contention.lost().await?;
            arrival.guard = self.guard_of_account(account.id).await?.into_guard();
            new.session.freeze = arrival.guard.freeze;
        }
    }
}

impl Auth {
    /// A right password whose session could not be written is no failure of its owner, who will try again. Once: where the session was
    /// written after all, its write has taken the try back, and this one finds another number.
    async fn excuse(&self, account_id: AccountId, Arrival { guard, retraction, .. }: &Arrival) {
        let Some(retraction) = retraction else { return };
        let update = changing(Update::new(Row::SessionGuard(account_id)), &guard.taking_back(retraction));
        let excused = match update {
            Ok(update) => self.app.store.update::<IgnoredAny>(update.when(Condition::Exists)).await.map(|_| ()),
            Err(error) => Err(error),
        };
        if let Err(error) = excused {
            tracing::warn!(?error, "a right password stays counted as a failure");
        }
    }
}

/// The account, as long as what proves its owner is as it was read, and nobody has a turn who is about to change that.
fn as_read(account: &Account, now: Timestamp) -> Result<Write<'static>, Error> {
    let version = Condition::equals("version", &account.version)?;
    let is_open = Condition::below("barred_until", &now)?;
    Ok(Write::Check(Expected::new(Row::Account(account.id)).when(version).when(is_open)))
}
