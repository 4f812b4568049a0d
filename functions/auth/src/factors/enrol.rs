//! An authenticator app becomes a factor. Until a code proves that the app has the secret, the secret lies in no table.

use shared::{
    caller::{Authentication, Method},
    error::Error,
    events::Action,
    ids::{AccountId, FactorId},
    outbox::News,
    store::{Update, Write},
    tables::Row,
};

use super::{
    Factors, Totp,
    change::{Changed, Effect, FactorChange, NotChanged, Plan, Wanted},
    recovery::NewCodes,
    shown::spent,
};
use crate::{
    mfa::{
        challenge::Nonce,
        enrolment::Enrolment,
        keys::Keyring,
        totp::{Step, TotpCode},
    },
    state::Auth,
};

/// A factor that was added.
pub struct Added {
    /// Names it.
    pub id: FactorId,
    /// The recovery codes, where it is the first factor.
    pub recovery_codes: Option<Vec<String>>,
    /// How the caller's session is signed in to then.
    pub authentication: Authentication,
}

/// An app that has shown its first code.
pub struct NewApp<'a> {
    /// It.
    pub app: Totp,
    step: Step,
    nonce: Nonce,
    codes: NewCodes,
    keys: Keyring<'a>,
}

/// Sets the row's app, and forgets what was tried at the one before.
fn enrolled(account: AccountId, app: &Totp, step: Step) -> Result<Write<'static>, Error> {
    let row =
        Update::new(Row::Mfa(account)).set("totp", app)?.set("last_step", &step)?.set("used_at", &app.created_at)?;
    let row = row.set("failures", &0)?.set("next_at", &None::<i64>)?;
    Ok(Write::Update(row))
}

impl Auth {
    /// Makes the app of an enrolment a factor of the caller's account, if it shows the right code. An app that was one before counts as removed.
    ///
    /// # Errors
    /// Those of [`Auth::change_factors`].
    pub(crate) async fn enrol_app(
        &self,
        change: &FactorChange<'_>,
        enrolment: &str,
        code: &str,
    ) -> Result<Result<Added, NotChanged>, Error> {
        let FactorChange { caller, now, .. } = *change;
        let (account, secrets) = (caller.account_id(), self.secrets(now).await?);
        let keys = Keyring::new(&secrets.account_keys, now)?;
        let Some(Enrolment { secret, nonce, .. }) = Enrolment::open(enrolment, account, &keys, now) else {
            return Ok(Err(NotChanged::Expired));
        };
        let step = TotpCode::parse(code).and_then(|code| secret.matching_step(&code, now));
        let Some(step) = step else { return Ok(Err(NotChanged::WrongCode)) };
        let app = Totp { id: FactorId::random()?, secret: keys.seal_totp(&secret, account)?, created_at: now };
        let new = NewApp { app, step, nonce, codes: NewCodes::random()?, keys };
        let changed = self.change_factors(change, &Wanted::App(&new)).await?;
        Ok(changed.map(|changed| Added::new(new.app.id, &new.codes, changed)))
    }

    /// What makes an app a factor.
    ///
    /// # Errors
    /// `Unavailable`, `Internal`.
    pub(super) async fn adding_app(
        &self,
        change: &FactorChange<'_>,
        NewApp { app, step, nonce, codes, keys }: &NewApp<'_>,
        before: Option<Factors>,
    ) -> Result<Result<Plan, NotChanged>, Error> {
        if self.is_spent(*nonce).await? {
            return Ok(Err(NotChanged::Expired));
        }
        let account = change.caller.account_id();
        let mut writes = vec![enrolled(account, app, *step)?, spent(*nonce, change.now)?];
        if before.is_none() {
            writes.extend(codes.writes(account, keys, change.now)?);
        }
        let before = before.unwrap_or_default();
        let mut told = vec![(Action::TotpAdded, News::TotpAdded { factor: app.id })];
        let effect = if before.totp {
            told.insert(0, (Action::TotpRemoved, News::TotpRemoved));
            Effect::Removed
        } else {
            Effect::Added(change.proven_by(Method::Otp))
        };
        Ok(Ok(Plan { after: before.with_app(true), writes, effect, told }))
    }
}

impl Added {
    /// A factor, by what adding it has come to.
    #[must_use]
    pub fn new(id: FactorId, codes: &NewCodes, Changed { authentication, is_first }: Changed) -> Self {
        Self { id, recovery_codes: is_first.then(|| codes.reveal()), authentication }
    }
}
