//! A factor is added or removed. Its rows, what the guard says of it, the access that ends, the caller's own session, the letter and the
//! event are one transaction, so that no password alone opens a session beside it, and nothing is half there.

use std::time::Instant;

use shared::{
    caller::{Authentication, Caller, Fresh, Method},
    error::Error,
    events::Action,
    ids::FactorId,
    outbox::News,
    store::{Condition, Raced, Update, Write},
    tables::Row,
    time::Timestamp,
};

use super::{Factors, enrol::NewApp, purge::unchanged, recovery::NewCodes, register::NewPasskey};
use crate::{
    guard::{Guard, row::freezing},
    mfa::{keys::Keyring, webauthn::Flaw},
    records::notice::{Telling, TellingOf},
    sender::Sender,
    session::{
        change::{SessionChange, with_factor},
        ending::{EndOfAccess, Extent, ending_by},
    },
    state::Auth,
};

/// What those who change the factors of an account at once compete for.
const FACTORS: &str = "the factors of an account";

/// What is to change.
pub enum Wanted<'a> {
    /// An app becomes a factor.
    App(&'a NewApp<'a>),
    /// A passkey becomes one.
    Passkey(&'a NewPasskey<'a>),
    /// The app is none any more.
    NoApp,
    /// A passkey is none any more.
    NoPasskey(FactorId),
    /// There are new recovery codes.
    Codes(&'a NewCodes, &'a Keyring<'a>),
}

/// A change that may be made, as the rows are now.
pub struct Plan {
    /// The factors that there are then.
    pub after: Factors,
    /// The rows of what is added and removed.
    pub writes: Vec<Write<'static>>,
    /// What happens to everybody who is signed in.
    pub effect: Effect,
    /// What its owner is told of it.
    pub told: Vec<(Action, News)>,
}

/// Why a change is not made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotChanged {
    /// The code is another than the app should show.
    WrongCode,
    /// The enrolment is not the caller's, is too old, or was used.
    Expired,
    /// The passkey is not what was asked for; why, for the log alone.
    Refused(Flaw),
    /// The passkey is somebody's already.
    Known,
    /// The account has as many passkeys as it may have.
    TooMany,
    /// The account has no such factor.
    Missing,
}

/// What a change of factors does to those who are signed in.
pub enum Effect {
    /// A factor was added; where it is the first, the caller has proven to be the owner like this, and everybody else is signed out. Programs
    /// go on: what they may do was allowed by somebody who was sure enough then.
    Added(Authentication),
    /// A factor was removed: everybody else is signed out, personal tokens end, and the vault is shut.
    Removed,
    /// Only the recovery codes change.
    Codes,
}

/// What a change has come to.
pub struct Changed {
    /// How the caller's session is signed in to since.
    pub authentication: Authentication,
    /// Whether there were no factors before.
    pub is_first: bool,
}

/// Who changes the factors, and when.
pub struct FactorChange<'a> {
    /// Whose they are.
    pub caller: &'a Caller,
    /// In whose words it is told.
    told: Telling,
    /// When the request came in.
    since: Instant,
    /// The time of the request.
    pub now: Timestamp,
}

impl<'a> FactorChange<'a> {
    /// By whoever has proven of late to be the owner, in a request that has just come in.
    #[must_use]
    pub fn by(fresh: &'a Fresh, sender: &Sender, now: Timestamp) -> Self {
        let caller = fresh.caller();
        let told = Telling::of_session(sender.origin(), caller.session_id(), now);
        Self { caller, told, since: Instant::now(), now }
    }

    /// How the caller has proven to be the owner with a factor that is being added.
    #[must_use]
    pub fn proven_by(&self, method: Method) -> Authentication {
        with_factor(&self.caller.authentication().amr, method, self.now)
    }
}

impl Auth {
    /// Carries out what is wanted, as the factors are, and tells the owner. Of those who change them at once one is first, and the others
    /// look again.
    ///
    /// # Errors
    /// `InvalidToken` where the session has ended meanwhile; `Contended`, `Unavailable`, `Internal`.
    pub(super) async fn change_factors(
        &self,
        change: &FactorChange<'_>,
        wanted: &Wanted<'_>,
    ) -> Result<Result<Changed, NotChanged>, Error> {
        let FactorChange { caller, told, since, now } = change;
        let (mut contention, mut telling) = (self.app.contention(FACTORS, *since), Vec::<TellingOf>::new());
        loop {
            let (account, guard) =
                tokio::try_join!(self.own_account(caller), self.guard_of_account(caller.account_id()))?;
            let guard = guard.into_guard();
            let before = guard.factors;
            let Plan { after, mut writes, effect, told: news } = match self.plan(change, wanted, before).await? {
                Ok(plan) => plan,
                Err(no) => return Ok(Err(no)),
            };
            let session = self.settle(caller, guard, after, effect, &mut writes, *now).await?;
            // Announced once for all rounds in which it is the same.
            if !telling.iter().map(TellingOf::what).eq(news.iter().map(|(action, news)| (*action, news))) {
                telling = news.into_iter().map(|(action, news)| TellingOf::new(action, news)).collect();
            }
            for news in &mut telling {
                writes.extend(news.writes(self, &account, told)?);
            }
            if self.app.store.race(writes).await? == Raced::Won {
                telling.into_iter().for_each(TellingOf::happened);
                let authentication =
                    session.map_or_else(|| caller.authentication().clone(), |it| it.authentication(caller));
                return Ok(Ok(Changed { authentication, is_first: before.is_none() }));
            }
            caller.is_signed_in(&self.app.store).await?;
            contention.lost().await?;
        }
    }

    /// What is to be written for what is wanted, where the factors are as they were `before`.
    async fn plan(
        &self,
        change: &FactorChange<'_>,
        wanted: &Wanted<'_>,
        before: Option<Factors>,
    ) -> Result<Result<Plan, NotChanged>, Error> {
        match wanted {
            Wanted::App(new) => self.adding_app(change, new, before).await,
            Wanted::Passkey(new) => self.adding_passkey(change, new, before).await,
            Wanted::NoApp => self.removing_app(change, before).await,
            Wanted::NoPasskey(id) => self.removing_passkey(change, *id, before).await,
            Wanted::Codes(codes, keys) => self.renewing_codes(change, codes, keys, before).await,
        }
    }

    /// Adds what a change of factors means for the guard and for the sessions; how the caller's own stands then, if that changes.
    async fn settle(
        &self,
        caller: &Caller,
        guard: Guard,
        after: Factors,
        effect: Effect,
        writes: &mut Vec<Write<'_>>,
        now: Timestamp,
    ) -> Result<Option<SessionChange>, Error> {
        let (id, before, freeze) = (caller.account_id(), guard.factors, guard.freeze.again(now, self.config.freeze));
        let own = caller.session_id();
        let (session, extent) = match (effect, before) {
            (Effect::Added(authentication), None) => {
                (SessionChange::FirstFactor(authentication), Extent::SessionsBut(own))
            }
            (Effect::Removed, _) => {
                (SessionChange::Reduced { freeze, is_last: after.if_any().is_none() }, Extent::AllBut(own))
            }
            (Effect::Added(_) | Effect::Codes, _) => {
                let row = Update::new(Row::SessionGuard(id)).set("factors", &after.if_any())?;
                let row = row.when(Condition::equals("generation", &guard.generation)?);
                writes.push(Write::Update(row.when(unchanged(before)?)));
                writes.push(caller.still_signed_in());
                return Ok(None);
            }
        };
        let EndOfAccess { guard, ended, .. } = ending_by(&self.app.store, id, guard, extent).await?;
        let guard = guard.set("factors", &after.if_any())?.when(unchanged(before)?);
        let guard = if let SessionChange::Reduced { freeze, .. } = session { freezing(guard, freeze)? } else { guard };
        writes.extend(ended);
        writes.extend([Write::Update(guard), Write::Update(session.update(caller)?)]);
        Ok(Some(session))
    }
}
