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

use super::{Opening, Session, SignedIn};
use crate::{
    account::Account,
    factors::{Proven, spent},
    guard::{Change, Freeze, Guard, PlaceId, Retraction, row::changing},
    mfa::{challenge::Nonce, pending::Pending},
    password::Verdict,
    records::notice::{OneEvent, Telling, TellingOf},
    state::Auth,
};

/// What those who sign in at once compete for.
const SIGN_INS: &str = "the guard of an account";

/// Proof that somebody is the owner of an account, as it was when it was read. Fields are private: it comes of a
/// compared password, of a second factor behind one, of a passkey, or of having just made the account, for which the caller answers.
/// A password alone is no proof where the account has second factors, see [`Guard::owes_factor`].
pub struct Proof<'a> {
    account: &'a Account,
    authentication: Authentication,
    /// The second factor that was shown, or the passkey alone.
    factor: Option<Proven>,
    /// The token of whoever has shown the password before.
    pending: Option<Nonce>,
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

    /// By a second factor of the account, shown with the token that the right password was answered with.
    #[must_use]
    pub fn by_factor(account: &'a Account, pending: &Pending, factor: Proven, now: Timestamp) -> Self {
        let authentication = factor.behind(&[Method::Pwd], now);
        Self { account, authentication, factor: Some(factor), pending: Some(pending.nonce) }
    }

    /// By a passkey of the account and nothing else: it is two factors by itself.
    #[must_use]
    pub fn by_passkey(account: &'a Account, passkey: Proven, now: Timestamp) -> Self {
        let authentication = passkey.behind(&[], now);
        Self { account, authentication, factor: Some(passkey), pending: None }
    }

    fn with_password(account: &'a Account, now: Timestamp) -> Self {
        let authentication = Authentication { aal: Aal::Aal1, amr: vec![Method::Pwd], auth_time: now };
        Self { account, authentication, factor: None, pending: None }
    }

    /// How the vault stands for a session that this opens: whoever shows a factor that is older than the freeze is no thief who came by it.
    fn freeze(&self, guard: &Guard) -> Freeze {
        let is_exempt = self.factor.as_ref().is_some_and(|factor| factor.is_older_than(guard.freeze.frozen_at));
        if is_exempt { Freeze::default() } else { guard.freeze }
    }

    /// What is used up by the session.
    fn spending(&self, now: Timestamp) -> Result<Vec<Write<'_>>, Error> {
        let mut writes = self.factor.as_ref().map_or_else(|| Ok(Vec::new()), |factor| factor.writes(now))?;
        writes.extend(self.pending.map(|nonce| spent(nonce, now)).transpose()?);
        Ok(writes)
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
    /// The device among these places that is not to be asked for a second factor for a while.
    pub remembers: Option<PlaceId>,
}

impl Arrival {
    fn is_surprising(&self, now: Timestamp) -> bool {
        self.guard.is_surprised_by(&self.from, now)
    }

    fn change(&self, now: Timestamp) -> Change {
        let Self { guard, retraction, from, .. } = self;
        let welcomed = match retraction {
            Some(retraction) => guard.taking_back(retraction).then(|guard| guard.welcoming(from, now)),
            None => guard.welcoming(from, now),
        };
        match &self.remembers {
            Some(device) => welcomed.then(|guard| guard.remembering(device, now)),
            None => welcomed,
        }
    }
}

impl Auth {
    /// A new session for whoever has proven to be the owner of an account, in a request that came in at `since`; `None` when what proves
    /// the owner has changed since it was read, is about to, was used up meanwhile, or is not enough any more. Where it comes from a place
    /// that is not known, the owner is told. Of those who sign in at once one is first, and the others look at the guard again.
    ///
    /// # Errors
    /// `Contended`, `Unavailable`, `Internal`.
    pub(crate) async fn sign_in(
        &self,
        proof: Proof<'_>,
        mut arrival: Arrival,
        since: Instant,
    ) -> Result<Option<SignedIn>, Error> {
        let (account, now, judged) = (proof.account, proof.authentication.auth_time, arrival.guard.generation);
        // Nor in the way of whoever has a turn.
        if account.is_barred(now) || (proof.factor.is_none() && arrival.guard.owes_factor(&arrival.from, now).is_some())
        {
            return Ok(None);
        }
        let (freeze, has_factors) = (proof.freeze(&arrival.guard), arrival.guard.factors.is_some());
        let mut new = Session::open(
            account,
            Opening { authentication: proof.authentication.clone(), freeze, has_factors },
            &arrival.origin,
            self.config.longest_session,
        )?;
        let told = Telling::of_session(&arrival.origin, new.session.id, now);
        let (mut contention, mut surprise) = (self.app.contention(SIGN_INS, since), OneEvent::new(Action::NewDevice));
        let mut news: Vec<_> = proof.factor.iter().flat_map(Proven::news).collect();
        loop {
            let put = Put::new(Row::Session(account.id, new.session.id), &new.session)?;
            let opened = Update::new(Row::SessionGuard(account.id)).count("opened");
            let opened = opened.when(Condition::equals("generation", &judged)?);
            let guard = Write::Update(changing(opened, &arrival.change(now))?);
            let mut writes = vec![Write::Put(put), guard, as_read(account, now)?];
            writes.extend(proof.spending(now)?);
            for news in &mut news {
                writes.extend(news.writes(self, account, &told)?);
            }
            // Of those who come from one new place at once, the first is a surprise.
            let is_surprising = arrival.is_surprising(now);
            if is_surprising {
                writes.push(told.notice(account, &account.address, News::NewDevice, self.app.clock.unix_ms())?);
                writes.push(surprise.put(self, account.id, &told)?);
            }
            match self.app.store.transact(writes).await {
                Ok(Written::Done(())) => {
                    if is_surprising {
                        surprise.happened();
                    }
                    news.into_iter().for_each(TellingOf::happened);
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
            let is_as_read = there.is_some_and(|there| there.version == account.version && !there.is_barred(now));
            if !is_as_read || !self.is_unspent(&proof).await? {
                return Ok(None);
            }
            contention.lost().await?;
            arrival.guard = self.guard_of_account(account.id).await?.into_guard();
            if arrival.guard.generation != judged {
                return Ok(None);
            }
            new.session.freeze = proof.freeze(&arrival.guard);
        }
    }

    /// Whether nobody else has used up what this proof uses up, as far as a lost round may be due to that.
    async fn is_unspent(&self, proof: &Proof<'_>) -> Result<bool, Error> {
        if let Some(nonce) = proof.pending
            && self.is_spent(nonce).await?
        {
            return Ok(false);
        }
        match &proof.factor {
            Some(factor) => self.still_holds(factor).await,
            None => Ok(true),
        }
    }

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
