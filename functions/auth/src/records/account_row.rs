//! What is written to the row of an account.

use serde::de::IgnoredAny;
use shared::{
    error::Error,
    ids::AccountId,
    store::{Condition, Put, Update, Write},
    tables::Row,
    time::Timestamp,
};

use crate::{
    account::Account, guard::Guard, password::PasswordHash, profile::Profile, session::ending::new_guard, state::Auth,
};

/// Says that an account has come into being: once its writes have taken place.
pub fn account_created() {
    tracing::info!(event = "account_created", "an account has come into being");
}

/// The writes that make an account. `guard`: what has been tried at its address, and where its owner is.
///
/// # Errors
/// `Internal`.
pub fn new_account(account: &Account, guard: Guard, now: Timestamp) -> Result<Vec<Write<'static>>, Error> {
    new_account_of(account, &Profile::blank(now), guard)
}

/// The writes that make an account which says this of itself.
///
/// # Errors
/// `Internal`.
pub fn new_account_of(account: &Account, profile: &Profile, guard: Guard) -> Result<Vec<Write<'static>>, Error> {
    let account_row = Put::new(Row::Account(account.id), account)?.when(Condition::New);
    let profile = Put::new(Row::Profile(account.id), profile)?.when(Condition::New);
    Ok(vec![Write::Put(account_row), Write::Put(profile), new_guard(account.id, guard)?])
}

/// The write of an account whose password a rule has set, and of nothing else in its row. It conflicts with whoever has changed the account
/// since it was read, in the version `seen`.
///
/// # Errors
/// `Internal`.
pub fn new_password(account: &Account, seen: u64) -> Result<Write<'static>, Error> {
    let update = Update::new(Row::Account(account.id)).set("password", &account.password)?;
    let update = update
        .set("no_password", &account.no_password)?
        .set("password_by", &account.password_by)?
        .set("version", &account.version)?;
    Ok(Write::Update(update.when(Condition::equals("version", &seen)?)))
}

impl Auth {
    /// Takes the password of an account away, which was read in the version `seen`: nobody signs in with it any more, not even who was let
    /// in by it and is about to write his session. The version stays, and with it the link that sets the next password stays good. An
    /// account that has changed meanwhile is left alone.
    ///
    /// # Errors
    /// `Contended`, `Unavailable`, `Internal`.
    pub(crate) async fn withdraw_password(&self, account_id: AccountId, seen: u64) -> Result<(), Error> {
        let update = Update::new(Row::Account(account_id)).set("password", &None::<PasswordHash>)?;
        let _done_or_changed =
            self.app.store.update::<IgnoredAny>(update.when(Condition::equals("version", &seen)?)).await?;
        Ok(())
    }

    /// Hashes a password anew whose hash is `old`, made with other parameters or under another pepper: only now is the password at hand. It
    /// stays the same, so this is no change that the account's version counts; a password that was set in between is left alone.
    ///
    /// # Errors
    /// `Unavailable`, `Internal`.
    pub(crate) async fn rehash(
        &self,
        account_id: AccountId,
        old: &PasswordHash,
        password: &str,
        now: Timestamp,
    ) -> Result<(), Error> {
        let new = self.passwords(now).await?.hash(password, now).await?;
        let update = Update::new(Row::Account(account_id)).set("password", &new)?;
        let _done_or_changed =
            self.app.store.update::<IgnoredAny>(update.when(Condition::equals("password", old)?)).await?;
        Ok(())
    }
}
