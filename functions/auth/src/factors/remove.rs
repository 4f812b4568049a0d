//! A factor is removed, passkeys are given names, and recovery codes are made anew.

use shared::{
    caller::{Authentication, Caller},
    error::Error,
    events::Action,
    ids::{AccountId, FactorId},
    outbox::News,
    store::{Condition, Update, Write, Written},
    tables::Row,
};

use super::{
    Factors, Passkey,
    change::{Effect, FactorChange, NotChanged, Plan, Wanted},
    purge::{Removal, removing, voiding_codes},
    recovery::NewCodes,
};
use crate::{mfa::keys::Keyring, state::Auth};

impl Auth {
    /// Removes the app of the caller's account; how the caller's session is signed in to then.
    ///
    /// # Errors
    /// Those of [`Auth::change_factors`].
    pub(crate) async fn remove_app(
        &self,
        change: &FactorChange<'_>,
    ) -> Result<Result<Authentication, NotChanged>, Error> {
        let removed = self.change_factors(change, &Wanted::NoApp).await?;
        Ok(removed.map(|changed| changed.authentication))
    }

    /// What removes the app.
    ///
    /// # Errors
    /// `Unavailable`, `Internal`.
    pub(super) async fn removing_app(
        &self,
        change: &FactorChange<'_>,
        before: Option<Factors>,
    ) -> Result<Result<Plan, NotChanged>, Error> {
        let Some(before) = before.filter(|before| before.totp) else { return Ok(Err(NotChanged::Missing)) };
        let after = before.with_app(false);
        let removal = Removal { app: true, ..Removal::default() };
        let writes = removing(&self.app.store, change.caller.account_id(), &removal, after).await?;
        let told = vec![(Action::TotpRemoved, News::TotpRemoved)];
        Ok(Ok(Plan { after, writes, effect: Effect::Removed, told }))
    }

    /// Removes a passkey of the caller's account; how the caller's session is signed in to then.
    ///
    /// # Errors
    /// Those of [`Auth::change_factors`].
    pub(crate) async fn remove_passkey(
        &self,
        change: &FactorChange<'_>,
        id: FactorId,
    ) -> Result<Result<Authentication, NotChanged>, Error> {
        let removed = self.change_factors(change, &Wanted::NoPasskey(id)).await?;
        Ok(removed.map(|changed| changed.authentication))
    }

    /// What removes a passkey.
    ///
    /// # Errors
    /// `Unavailable`, `Internal`.
    pub(super) async fn removing_passkey(
        &self,
        change: &FactorChange<'_>,
        id: FactorId,
        before: Option<Factors>,
    ) -> Result<Result<Plan, NotChanged>, Error> {
        let account = change.caller.account_id();
        let Some(passkey) = self.passkey(account, id).await? else { return Ok(Err(NotChanged::Missing)) };
        let Some(before) = before else { return Ok(Err(NotChanged::Missing)) };
        let after = before.without_passkey();
        let removal = Removal { passkeys: vec![&passkey], ..Removal::default() };
        let writes = removing(&self.app.store, account, &removal, after).await?;
        let told = vec![(Action::PasskeyRemoved, News::PasskeyRemoved { name: passkey.name })];
        Ok(Ok(Plan { after, writes, effect: Effect::Removed, told }))
    }

    /// Makes the recovery codes of the caller's account anew; the former are void.
    ///
    /// # Errors
    /// Those of [`Auth::change_factors`].
    pub(crate) async fn renew_recovery_codes(
        &self,
        change: &FactorChange<'_>,
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
        change: &FactorChange<'_>,
        codes: &NewCodes,
        keys: &Keyring<'_>,
        before: Option<Factors>,
    ) -> Result<Result<Plan, NotChanged>, Error> {
        let Some(after) = before else { return Ok(Err(NotChanged::Missing)) };
        let account = change.caller.account_id();
        let mut writes = voiding_codes(&self.app.store, account).await?;
        writes.extend(codes.writes(account, keys, change.now)?);
        let told = vec![(Action::RecoveryCodesRenewed, News::RecoveryCodesRenewed)];
        Ok(Ok(Plan { after, writes, effect: Effect::Codes, told }))
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
