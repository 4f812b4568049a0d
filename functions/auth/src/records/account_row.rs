//! What is written to the row of an account.

use serde::de::IgnoredAny;
use shared::{
    error::Error,
    ids::{AccountId, LinkId},
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
    with_password(as_seen(account, seen)?, account).map(Write::Update)
}

/// The write of an account that a rule has moved to another address, which conflicts as [`new_password`] does, and besides with whoever has
/// asked for yet another address since: `link` has proven the last that was asked for.
///
/// # Errors
/// `Internal`.
pub fn new_address(account: &Account, seen: u64, link: LinkId) -> Result<Write<'static>, Error> {
    let update = with_address(as_seen(account, seen)?, account)?;
    Ok(Write::Update(update.when(Condition::equals("next_address", &link)?)))
}

/// The write of an account that asks for another address, as long as it is in the version that was read.
///
/// # Errors
/// `Internal`.
pub fn asks_for_address(account: &Account, link: LinkId) -> Result<Write<'static>, Error> {
    let update = Update::new(Row::Account(account.id)).set("next_address", &link)?;
    Ok(Write::Update(update.when(Condition::equals("version", &account.version)?)))
}

/// The write of an account that its owner has taken back, which conflicts as [`new_password`] does.
///
/// # Errors
/// `Internal`.
pub fn taken_back(account: &Account, seen: u64) -> Result<Write<'static>, Error> {
    let update = with_address(with_password(as_seen(account, seen)?, account)?, account)?;
    Ok(Write::Update(update.set("ending", &account.ending)?))
}

/// Raises the version, if it is the one that was seen. Whoever had a turn for that has had it.
///
/// # Errors
/// `Internal`.
pub fn as_seen(account: &Account, seen: u64) -> Result<Update<'static>, Error> {
    let update = Update::new(Row::Account(account.id)).set("version", &account.version)?;
    Ok(update.set("barred_until", &None::<Timestamp>)?.when(Condition::equals("version", &seen)?))
}

fn with_password<'a>(update: Update<'a>, account: &Account) -> Result<Update<'a>, Error> {
    update
        .set("password", &account.password)?
        .set("no_password", &account.no_password)?
        .set("password_by", &account.password_by)?
        .set("secured_at", &account.secured_at)
}

fn with_address<'a>(update: Update<'a>, account: &Account) -> Result<Update<'a>, Error> {
    update
        .set("address", &account.address)?
        .set("verified_at", &account.verified_at)?
        .set("next_address", &account.next_address)?
        .set("undo", &account.undo)
}

impl Auth {
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
