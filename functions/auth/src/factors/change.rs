//! A factor is added or removed. Its rows, what the guard says of it, the sessions that end, the caller's own session, the letter and the
//! event are one transaction, so that no password alone opens a session beside it, and nothing is half there.

use std::time::Instant;

use shared::{
    caller::{Authentication, Caller, Fresh, Method},
    error::Error,
    events::Action,
    outbox::News,
    store::{Condition, Raced, Update, Write},
    tables::Row,
    time::Timestamp,
};

use super::{Factors, Passkey, enrol::NewApp, purge::unchanged, recovery::NewCodes, register::NewPasskey};
use crate::{
    guard::{Guard, row::freezing},
    mfa::{keys::Keyring, webauthn::Flaw},
    records::notice::{Telling, TellingOf},
    session::{
        ending::{EndOfSessions, ending_by},
        standing::{Standing, with_factor},
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
    NoPasskey(&'a Passkey),
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
    /// A factor was added; where it is the first, the caller has proven to be the owner like this, and everybody else is signed out.
    Added(Authentication),
    /// A factor was removed: everybody else is signed out, and the vault is shut.
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
pub struct Change<'a> {
    /// Whose they are.
    pub fresh: &'a Fresh,
    /// In whose words it is told.
    pub told: &'a Telling,
    /// When the request came in.
    pub since: Instant,
    /// The time of the request.
    pub now: Timestamp,
}

impl Wanted<'_> {
    /// What its owner is told of it.
    fn news(&self, before: Option<Factors>) -> Vec<TellingOf> {
        let removed = || TellingOf::new(Action::TotpRemoved, News::TotpRemoved);
        match self {
            Self::App(new) => {
                let added = TellingOf::new(Action::TotpAdded, News::TotpAdded { factor: new.app.id });
                let is_replaced = before.is_some_and(|before| before.totp);
                if is_replaced { vec![removed(), added] } else { vec![added] }
            }
            Self::Passkey(NewPasskey { passkey: Passkey { id: factor, name, .. }, .. }) => {
                let news = News::PasskeyAdded { factor: *factor, name: name.clone() };
                vec![TellingOf::new(Action::PasskeyAdded, news)]
            }
            Self::NoApp => vec![removed()],
            Self::NoPasskey(passkey) => {
                let news = News::PasskeyRemoved { name: passkey.name.clone() };
                vec![TellingOf::new(Action::PasskeyRemoved, news)]
            }
            Self::Codes(..) => vec![TellingOf::new(Action::RecoveryCodesRenewed, News::RecoveryCodesRenewed)],
        }
    }
}

impl Change<'_> {
    /// How the caller has proven to be the owner with a factor that is being added.
    #[must_use]
    pub fn proven_by(&self, method: Method) -> Authentication {
        with_factor(&self.fresh.caller().authentication().amr, method, self.now)
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
        change: &Change<'_>,
        wanted: &Wanted<'_>,
    ) -> Result<Result<Changed, NotChanged>, Error> {
        let (caller, told) = (change.fresh.caller(), change.told);
        let mut contention = self.app.contention(FACTORS, change.since);
        let mut telling: Option<(Option<Factors>, Vec<TellingOf>)> = None;
        loop {
            let (account, guard) =
                tokio::try_join!(self.own_account(caller), self.guard_of_account(caller.account_id()))?;
            let guard = guard.into_guard();
            let Plan { after, mut writes, effect } = match self.plan(change, wanted, guard.factors).await? {
                Ok(plan) => plan,
                Err(no) => return Ok(Err(no)),
            };
            let before = guard.factors;
            let standing = self.settle(caller, guard, after, effect, &mut writes, change.now).await?;
            // Announced once for all rounds in which it is the same change.
            let (_, telling) = match &mut telling {
                Some(telling) if telling.0 == before => telling,
                telling => telling.insert((before, wanted.news(before))),
            };
            for news in &mut *telling {
                writes.extend(news.writes(self, &account, told)?);
            }
            if self.app.store.race(writes).await? == Raced::Won {
                telling.drain(..).for_each(TellingOf::happened);
                let authentication =
                    standing.map_or_else(|| caller.authentication().clone(), |it| it.authentication(caller));
                return Ok(Ok(Changed { authentication, is_first: before.is_none() }));
            }
            caller.is_signed_in(&self.app.store).await?;
            contention.lost().await?;
        }
    }

    /// What is to be written for what is wanted, where the factors are as they were `before`.
    async fn plan(
        &self,
        change: &Change<'_>,
        wanted: &Wanted<'_>,
        before: Option<Factors>,
    ) -> Result<Result<Plan, NotChanged>, Error> {
        match wanted {
            Wanted::App(new) => self.adding_app(change, new, before).await,
            Wanted::Passkey(new) => self.adding_passkey(change, new, before).await,
            Wanted::NoApp => self.removing_app(change, before).await,
            Wanted::NoPasskey(passkey) => self.removing_passkey(change, passkey, before).await,
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
    ) -> Result<Option<Standing>, Error> {
        let (id, before, freeze) = (caller.account_id(), guard.factors, guard.freeze.again(now, self.config.freeze));
        let standing = match (effect, before) {
            (Effect::Added(authentication), None) => Standing::FirstFactor(authentication),
            (Effect::Removed, _) => Standing::Reduced { freeze, is_last: after.if_any().is_none() },
            (Effect::Added(_) | Effect::Codes, _) => {
                let row = Update::new(Row::SessionGuard(id)).set("factors", &after.if_any())?;
                let row = row.when(Condition::equals("generation", &guard.generation)?);
                writes.push(Write::Update(row.when(unchanged(before)?)));
                writes.push(caller.still_signed_in());
                return Ok(None);
            }
        };
        let EndOfSessions { guard, sessions, .. } =
            ending_by(&self.app.store, id, guard, Some(caller.session_id())).await?;
        let guard = guard.set("factors", &after.if_any())?.when(unchanged(before)?);
        let guard = if let Standing::Reduced { freeze, .. } = standing { freezing(guard, freeze)? } else { guard };
        writes.extend(sessions);
        writes.extend([Write::Update(guard), Write::Update(standing.update(caller)?)]);
        Ok(Some(standing))
    }
}
