//! Signing in: a proof of who somebody is for a session. What is answered is the endpoint's business.

use shared::{
    caller::{Aal, Authentication, Method},
    error::Error,
    store::{Condition, Expected, Put, Update, Write, Written},
    tables::Row,
    time::Timestamp,
};

use super::{Session, SignedIn, guard::with_places};
use crate::{account::Account, attempts::Success, password::Verdict, state::Auth};

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

/// Forgives the failures that were counted with everybody's, of which the last one was none. Whoever has counted meanwhile, his
/// failure stays counted in the day.
fn forgiving(guard: Update<'_>) -> Result<Update<'_>, Error> {
    let never = None::<Timestamp>;
    Ok(guard.set("failures", &0)?.set("failed_at", &never)?.set("free_from", &never)?.add("day_failures", -1))
}

impl Auth {
    /// A new session for whoever has proven to be the owner of an account, and what that `success` changes in the account's guard;
    /// `None` when the account has changed since it was read.
    ///
    /// # Errors
    /// `Unavailable`, `Internal`.
    pub(crate) async fn sign_in(&self, proof: Proof<'_>, success: &Success) -> Result<Option<SignedIn>, Error> {
        let Proof { account, authentication } = proof;
        let new = Session::open(account, authentication)?;
        let put = Put::new(Row::Session(account.id, new.session.id), &new.session)?;
        let count = Update::new(Row::SessionGuard(account.id)).count("opened").when(Condition::Exists);
        let count = with_places(count, &success.places)?;
        let count = if success.forgives_everywhere { forgiving(count)? } else { count };
        let as_read = Condition::equals("version", &account.version)?;
        // A reset takes the password away first where people sign in all the time; the version says so only when it is through.
        let unchanged = Expected::new(Row::Account(account.id)).when(as_read).when(Condition::Present("password"));
        let writes = vec![Write::Put(put), Write::Update(count), Write::Check(unchanged)];
        Ok(match self.app.store.transact(writes).await? {
            Written::Done(()) => Some(new),
            Written::Conflict(_) => None,
        })
    }
}
