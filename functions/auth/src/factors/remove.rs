//! A factor is removed, passkeys are given names, and recovery codes are made anew.

use shared::{
    caller::{Authentication, Caller},
    error::Error,
    ids::{AccountId, FactorId},
    store::{Condition, Expected, Update, Write, Written},
    tables::Row,
};

use super::{
    Factors, Passkey, Totp,
    change::{Change, Effect, NotChanged, Plan, Wanted},
    recovery::NewCodes,
};
use crate::{mfa::keys::Keyring, state::Auth};

impl Auth {
    /// Removes the app of the caller's account; how the caller's session is signed in to then.
    ///
    /// # Errors
    /// Those of [`Auth::change_factors`].
    pub(crate) async fn remove_app(&self, change: &Change<'_>) -> Result<Result<Authentication, NotChanged>, Error> {
        let removed = self.change_factors(change, &Wanted::NoApp).await?;
        Ok(removed.map(|changed| changed.authentication))
    }

    /// What removes the app.
    ///
    /// # Errors
    /// `Unavailable`, `Internal`.
    pub(super) async fn removing_app(
        &self,
        change: &Change<'_>,
        before: Option<Factors>,
    ) -> Result<Result<Plan, NotChanged>, Error> {
        let Some(before) = before.filter(|before| before.totp) else { return Ok(Err(NotChanged::Missing)) };
        let after = before.with_app(false);
        let writes = self.removing(change.fresh.caller().account_id(), Removed::App, after).await?;
        Ok(Ok(Plan { after, writes, effect: Effect::Removed }))
    }

    /// Removes a passkey of the caller's account; how the caller's session is signed in to then.
    ///
    /// # Errors
    /// Those of [`Auth::change_factors`].
    pub(crate) async fn remove_passkey(
        &self,
        change: &Change<'_>,
        id: FactorId,
    ) -> Result<Result<Authentication, NotChanged>, Error> {
        let passkey = self.passkey(change.fresh.caller().account_id(), id).await?;
        let Some(passkey) = passkey else { return Ok(Err(NotChanged::Missing)) };
        let removed = self.change_factors(change, &Wanted::NoPasskey(&passkey)).await?;
        Ok(removed.map(|changed| changed.authentication))
    }

    /// What removes a passkey.
    ///
    /// # Errors
    /// `Unavailable`, `Internal`.
    pub(super) async fn removing_passkey(
        &self,
        change: &Change<'_>,
        passkey: &Passkey,
        before: Option<Factors>,
    ) -> Result<Result<Plan, NotChanged>, Error> {
        let account = change.fresh.caller().account_id();
        let is_there = self.passkey(account, passkey.id).await?.is_some();
        let Some(before) = before.filter(|_| is_there) else { return Ok(Err(NotChanged::Missing)) };
        let after = before.without_passkey();
        let writes = self.removing(account, Removed::Passkey(passkey), after).await?;
        Ok(Ok(Plan { after, writes, effect: Effect::Removed }))
    }

    /// Makes the recovery codes of the caller's account anew; the former are void.
    ///
    /// # Errors
    /// Those of [`Auth::change_factors`].
    pub(crate) async fn renew_recovery_codes(
        &self,
        change: &Change<'_>,
    ) -> Result<Result<Vec<String>, NotChanged>, Error> {
        let (codes, secrets) = (NewCodes::random()?, self.secrets(change.now).await?);
        let keys = Keyring::new(&secrets.account_keys, change.now)?;
        let renewed = self.change_factors(change, &Wanted::Codes(&codes, &keys)).await?;
        Ok(renewed.map(|_| codes.reveal()))
    }

    /// What makes the recovery codes anew.
    ///
    /// # Errors
    /// `Unavailable`, `Internal`.
    pub(super) async fn renewing_codes(
        &self,
        change: &Change<'_>,
        codes: &NewCodes,
        keys: &Keyring<'_>,
        before: Option<Factors>,
    ) -> Result<Result<Plan, NotChanged>, Error> {
        let Some(after) = before else { return Ok(Err(NotChanged::Missing)) };
        let account = change.fresh.caller().account_id();
        let mut writes = self.voiding_codes(account).await?;
        writes.extend(codes.writes(account, keys, change.now)?);
        Ok(Ok(Plan { after, writes, effect: Effect::Codes }))
    }

    /// Calls a passkey of the caller's account something else; whether there is one.
    ///
    /// # Errors
    /// `Contended`, `Unavailable`, `Internal`.
    pub(crate) async fn rename_passkey(&self, caller: &Caller, id: FactorId, name: &str) -> Result<bool, Error> {
        let account = caller.account_id();
        let Some(passkey) = self.passkey(account, id).await? else { return Ok(false) };
        let row = Update::new(Row::Passkey(account, passkey.credential.hash())).set("name", &name)?;
        let row = row.when(Condition::equals("id", &id)?);
        Ok(matches!(
            self.app.store.transact(vec![Write::Update(row), caller.still_signed_in()]).await?,
            Written::Done(())
        ))
    }

    async fn passkey(&self, account: AccountId, id: FactorId) -> Result<Option<Passkey>, Error> {
        Ok(self.passkeys(account).await?.into_iter().find(|passkey| passkey.id == id))
    }
}

/// What is removed.
pub enum Removed<'a> {
    /// The app.
    App,
    /// A passkey.
    Passkey(&'a Passkey),
}

impl Auth {
    /// The writes that remove a factor which is there; with the last one all that stands beside factors.
    ///
    /// # Errors
    /// `Unavailable`, `Internal`.
    pub(crate) async fn removing(
        &self,
        account: AccountId,
        removed: Removed<'_>,
        after: Factors,
    ) -> Result<Vec<Write<'static>>, Error> {
        let is_last = after.if_any().is_none();
        let mut writes = if is_last { self.voiding_codes(account).await? } else { Vec::new() };
        match removed {
            Removed::App if !is_last => {
                let row = Update::new(Row::Mfa(account)).set("totp", &None::<Totp>)?.set("last_step", &None::<i64>)?;
                let row = row.set("used_at", &None::<i64>)?.set("failures", &0)?.set("next_at", &None::<i64>)?;
                writes.push(Write::Update(row.when(Condition::Present("totp"))));
            }
            Removed::App => {}
            Removed::Passkey(passkey) => writes.extend(without(account, passkey)),
        }
        if is_last {
            writes.push(Write::Delete(Expected::new(Row::Mfa(account)).when(Condition::Exists)));
        }
        Ok(writes)
    }

    /// The writes that void all recovery codes of an account.
    async fn voiding_codes(&self, account: AccountId) -> Result<Vec<Write<'static>>, Error> {
        Ok(self
            .recovery_codes(account)
            .await?
            .into_iter()
            .map(|hash| Write::Delete(Expected::new(Row::RecoveryCode(account, hash))))
            .collect())
    }
}

/// The writes that remove a passkey, and let its credential be registered again.
pub fn without(account: AccountId, passkey: &Passkey) -> [Write<'static>; 2] {
    let hash = passkey.credential.hash();
    [
        Write::Delete(Expected::new(Row::Passkey(account, hash)).when(Condition::Exists)),
        Write::Delete(Expected::new(Row::Credential(hash))),
    ]
}
