//! A second factor is shown: in place of a password, behind one, or by whoever is signed in. Wherever that is, it is checked here, counted
//! here, and used up by the same writes.

use std::time::Duration;

use serde::{Deserialize, Serialize, de::IgnoredAny};
use shared::{
    caller::{Authentication, Method},
    error::Error,
    events::Action,
    ids::AccountId,
    outbox::News,
    store::{Condition, Expected, Put, Update, Write, Written},
    tables::{Hash, Row},
    time::Timestamp,
};
use zeroize::Zeroizing;

use super::{Mfa, Passkey, Totp};
use crate::{
    mfa::{
        challenge::{Ceremony, Nonce},
        totp::Step,
        webauthn::{Asserted, AuthenticationResponse, Flaw},
    },
    records::notice::{Telling, TellingOf},
    session::change::with_factor,
    state::Auth,
};

/// How long the row of something that is used up stays: longer than anything that works once lives.
const SPENT_FOR: Duration = Duration::from_hours(1);

/// What somebody shows. No `Debug`: it may be right.
pub enum Shown {
    /// A code of an app, as it was typed in.
    Totp(Zeroizing<String>),
    /// A recovery code, as it was typed in.
    RecoveryCode(Zeroizing<String>),
    /// What a browser says of a passkey; none where that is no such thing.
    Passkey(Option<Box<AuthenticationResponse>>),
}

/// What came of it.
pub enum Checked {
    /// It is a factor of the account.
    Right(Proven),
    /// It is not.
    Wrong(Wrong),
    /// It was not looked at. The next one may be in so many seconds.
    Locked(i64),
}

/// What was shown is no factor of the account.
pub struct Wrong {
    /// Why, for metrics and the log alone.
    pub reason: &'static str,
    /// What the owner is told of it, where that is worth a letter.
    pub(super) news: Option<TellingOf>,
}

/// A factor that is right, as the rows were when they were read. It is used up by [`Proven::writes`], once.
pub struct Proven {
    pub(super) account: AccountId,
    pub(super) factor: Factor,
    /// Whether an operator was to remove all factors: whoever has one needs that no more.
    pub(super) stops_reset: bool,
}

/// Which factor it is, and what is to be kept of its use.
pub(super) enum Factor {
    App { app: Totp, step: Step, resealed: Option<Totp> },
    Passkey { passkey: Box<Passkey>, asserted: Asserted, challenge: Nonce },
    RecoveryCode { hash: Hash, left: usize },
}

/// The row of something that is used up.
#[derive(Serialize, Deserialize)]
struct Spent {
    ttl: Timestamp,
}

/// The write that uses something up which works once. It conflicts with whoever was quicker.
///
/// # Errors
/// `Internal`.
pub fn spent(nonce: Nonce, now: Timestamp) -> Result<Write<'static>, Error> {
    Ok(Write::Put(Put::new(Row::Spent(*nonce.as_bytes()), &Spent { ttl: now + SPENT_FOR })?.when(Condition::New)))
}

impl Wrong {
    /// For this reason.
    pub(super) const fn because(reason: &'static str) -> Self {
        Self { reason, news: None }
    }
}

impl Shown {
    /// What it is called in metrics.
    #[must_use]
    pub const fn method(&self) -> &'static str {
        match self {
            Self::Totp(_) => "totp",
            Self::RecoveryCode(_) => "recovery_code",
            Self::Passkey(_) => "passkey",
        }
    }
}

impl Checked {
    fn reason(&self) -> Option<&'static str> {
        match self {
            Self::Right(_) => None,
            Self::Wrong(Wrong { reason, .. }) => Some(reason),
            Self::Locked(_) => Some("locked"),
        }
    }
}

impl Proven {
    /// How whoever has shown it, and `before` that something else, has proven to be the owner.
    #[must_use]
    pub fn behind(&self, before: &[Method], now: Timestamp) -> Authentication {
        with_factor(before, self.method(), now)
    }

    const fn method(&self) -> Method {
        match self.factor {
            Factor::App { .. } => Method::Otp,
            Factor::Passkey { .. } => Method::Pop,
            Factor::RecoveryCode { .. } => Method::Recovery,
        }
    }

    /// Whether it was a factor before the vault was shut: then whoever shows it is the owner, and no thief who came by the account. A recovery
    /// code is no such proof: it may lie on paper beside the password.
    #[must_use]
    pub fn is_older_than(&self, frozen_at: Option<Timestamp>) -> bool {
        let since = match &self.factor {
            Factor::App { app, .. } => app.created_at,
            Factor::Passkey { passkey, .. } => passkey.created_at,
            Factor::RecoveryCode { .. } => return false,
        };
        frozen_at.is_some_and(|at| since < at)
    }

    /// The writes that use it up. They conflict with whoever has used or changed the factor since.
    ///
    /// # Errors
    /// `Internal`.
    pub fn writes(&self, now: Timestamp) -> Result<Vec<Write<'_>>, Error> {
        let mfa = Update::new(Row::Mfa(self.account)).set("reset_at", &None::<Timestamp>)?;
        Ok(match &self.factor {
            Factor::App { app, step, resealed } => {
                let mfa = mfa.set("last_step", step)?.set("used_at", &now)?.set("failures", &0)?;
                let mfa = mfa.set("next_at", &None::<Timestamp>)?.set("totp", resealed.as_ref().unwrap_or(app))?;
                let mfa = mfa.when(Condition::below("last_step", step)?).when(Condition::equals("totp", app)?);
                vec![Write::Update(mfa)]
            }
            Factor::Passkey { passkey, asserted, challenge } => {
                let hash = passkey.credential.hash();
                let row = Update::new(Row::Passkey(self.account, hash))
                    .set("sign_count", &asserted.sign_count)?
                    .set("backup_eligible", &asserted.backup_eligible)?
                    .set("backed_up", &asserted.backed_up)?
                    .set("last_used_at", &now)?
                    .when(Condition::equals("sign_count", &passkey.sign_count)?);
                vec![Write::Update(row), Write::Update(mfa.when(Condition::Exists)), spent(*challenge, now)?]
            }
            Factor::RecoveryCode { hash, .. } => {
                let code = Expected::new(Row::RecoveryCode(self.account, *hash)).when(Condition::Exists);
                vec![Write::Delete(code), Write::Update(mfa.when(Condition::Exists))]
            }
        })
    }

    /// What its owner is told of its use.
    pub fn news(&self) -> impl Iterator<Item = TellingOf> + use<> {
        let used = match self.factor {
            Factor::RecoveryCode { left, .. } => {
                Some(TellingOf::new(Action::RecoveryCodeUsed, News::RecoveryCodeUsed { left }))
            }
            Factor::App { .. } | Factor::Passkey { .. } => None,
        };
        let stopped =
            self.stops_reset.then(|| TellingOf::new(Action::FactorsResetCancelled, News::FactorsResetCancelled));
        used.into_iter().chain(stopped)
    }
}

impl Auth {
    /// Holds what somebody shows for an account against its factors, in a ceremony. A code is counted before it is compared. Where it is
    /// worth a letter that it is none, `told` says by whom it was shown.
    ///
    /// # Errors
    /// `Contended`, `Unavailable`, `Internal`.
    pub(crate) async fn check_factor(
        &self,
        account: AccountId,
        shown: &Shown,
        ceremony: &Ceremony,
        told: &Telling,
        now: Timestamp,
    ) -> Result<Checked, Error> {
        let checked = match shown {
            Shown::Totp(code) => self.check_code(account, code, now).await?,
            Shown::RecoveryCode(code) => self.check_recovery_code(account, code, now).await?,
            Shown::Passkey(None) => Checked::Wrong(Wrong::because(Flaw::Response.as_str())),
            Shown::Passkey(Some(response)) => self.check_passkey(account, response, ceremony, now).await?,
        };
        let (method, reason) = (shown.method(), checked.reason());
        match reason {
            None => tracing::info!(event = "mfa_passed", method, "a second factor is right"),
            Some(reason) => tracing::info!(event = "mfa_refused", method, reason, "a second factor is refused"),
        }
        let Checked::Wrong(Wrong { reason, news: Some(news) }) = checked else { return Ok(checked) };
        if let Err(error) = self.tell(account, news, told).await {
            tracing::warn!(?error, "an owner is not told of a second factor that was refused");
        }
        Ok(Checked::Wrong(Wrong::because(reason)))
    }

    /// Tells the owner of an account of what is no change of it.
    async fn tell(&self, account: AccountId, mut news: TellingOf, told: &Telling) -> Result<(), Error> {
        let Some(account) = self.account_there(account).await? else { return Ok(()) };
        let writes = news.writes(self, &account, told)?;
        if let Written::Done(()) = self.app.store.transact(writes.into()).await? {
            news.happened();
        }
        Ok(())
    }

    /// Whether a factor is still as it was read, by whoever has lost a round of using it.
    ///
    /// # Errors
    /// `Unavailable`, `Internal`.
    pub(crate) async fn still_holds(&self, Proven { account, factor, .. }: &Proven) -> Result<bool, Error> {
        let store = &self.app.store;
        Ok(match factor {
            Factor::App { app, step, .. } => {
                let row: Option<Mfa> = store.get(Row::Mfa(*account)).await?;
                let unused = row.filter(|row| row.last_step.is_none_or(|last| last < *step));
                unused.and_then(|row| row.totp).is_some_and(|there| there == *app)
            }
            Factor::Passkey { passkey, challenge, .. } => {
                let row: Option<Passkey> = store.get(Row::Passkey(*account, passkey.credential.hash())).await?;
                row.is_some_and(|row| row.sign_count == passkey.sign_count) && !self.is_spent(*challenge).await?
            }
            Factor::RecoveryCode { hash, .. } => {
                store.get::<IgnoredAny>(Row::RecoveryCode(*account, *hash)).await?.is_some()
            }
        })
    }

    /// Whether something that works once has been used.
    ///
    /// # Errors
    /// `Unavailable`, `Internal`.
    pub(crate) async fn is_spent(&self, nonce: Nonce) -> Result<bool, Error> {
        Ok(self.app.store.get::<Spent>(Row::Spent(*nonce.as_bytes())).await?.is_some())
    }
}
