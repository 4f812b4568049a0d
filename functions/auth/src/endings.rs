//! What `auth` does of the ledger of accounts that are to be deleted: it begins, forgets what it keeps itself, and finishes when
//! everybody else is done. Each step may be repeated, and an account that its own row does not want deleted never is, whatever the
//! ledger says.

use std::time::Instant;

use compat::email::AddressKey;
use shared::{
    contention::Contention,
    endings::{self, Ending},
    error::Error,
    events::Circumstances,
    outbox::{Letter, News},
    store::{Condition, Expected, Put, Raced, Update, Write, Written},
    tables::{Row, Rows},
};

use crate::{
    account::{Account, Due, Tombstone},
    address::AddressRecord,
    password::PasswordHash,
    records::{RECORD, changed, post},
    state::Auth,
};

impl Auth {
    /// What the schedule asks for.
    ///
    /// # Errors
    /// Those of [`endings::round`].
    pub(crate) async fn end_accounts(self) -> Result<(), Error> {
        endings::round(&self.app, |ending, end| self.end_account(ending, end)).await
    }

    async fn end_account(&self, ending: Ending, end: Instant) -> Result<(), Error> {
        if ending.marks.begun_at().is_none() && !self.begin(&ending).await? {
            return Ok(());
        }
        let has_forgotten = self.forget(&ending, end).await?;
        if has_forgotten && ending.is_done() { self.finish(&ending, end).await } else { Ok(()) }
    }

    /// From here on nobody can keep the account, and no password of it is known any more. False where others were quicker, such as whoever
    /// keeps it.
    async fn begin(&self, ending: &Ending) -> Result<bool, Error> {
        let (mut account, due) = self.ending_account(ending).await?;
        let seen = account.version;
        account.version += 1;
        let row = Update::new(Row::Account(account.id))
            .set("version", &account.version)?
            .set("password", &None::<PasswordHash>)?
            .set("ending", &Due { has_begun: true, ..due })?
            .when(Condition::equals("version", &seen)?);
        let ledger = ending.begin(self.app.clock.now())?;
        let writes = vec![Write::Update(row), Write::Update(ledger)];
        Ok(matches!(self.app.store.transact(writes).await?, Written::Done(())))
    }

    /// The account of a row of the ledger, and when it is due. The account's own row has the last word.
    async fn ending_account(&self, ending: &Ending) -> Result<(Account, Due), Error> {
        let account = self.living_account(ending.account).await?;
        let wanted = account.and_then(|account| account.ending.map(|due| (account, due)));
        wanted
            .filter(|(_, due)| due.at == ending.due_at)
            .ok_or_else(|| Error::internal("the ledger names an account that is not to be deleted"))
    }

    /// Events, profile, and whatever else lies with the account; whether that was all. Its own row and its guard stay until the end: as
    /// long as the address is known to be its, somebody may try to sign in. Sessions and personal tokens there are none: they
    /// ended with the request, and none is opened since.
    async fn forget(&self, ending: &Ending, end: Instant) -> Result<bool, Error> {
        let (store, id) = (&self.app.store, ending.account);
        // Whose a passkey is stands outside of what is swept, and is known by it.
        for passkey in self.passkeys(id).await? {
            store.delete(Row::Credential(passkey.credential.hash())).await?;
        }
        store.sweep(Rows::AccountRowsOf(id), &[Row::Account(id)], end).await
    }

    /// Everybody has forgotten the account. Its address is free, and nobody gets its id: one transaction, with the last letter.
    async fn finish(&self, ending: &Ending, end: Instant) -> Result<(), Error> {
        let mut contention = Contention::over(RECORD, end);
        loop {
            let (account, due) = self.ending_account(ending).await?;
            let addresses = [Some(account.address.key()), account.undo.as_ref().map(|undo| undo.former.key())];
            let mut writes = self.gone(&account, &due, ending)?;
            for key in addresses.iter().flatten() {
                let record: Option<AddressRecord> = self.app.store.get(Row::Address(key)).await?;
                if let Some(record) = record.filter(|record| record.names(account.id)) {
                    writes.push(without_account(key, record)?);
                }
            }
            if self.app.store.race(writes).await? == Raced::Won {
                tracing::info!(event = "account_ended", account = %account.id, "an account has been deleted");
                return Ok(());
            }
            contention.lost().await?;
            // By another round.
            if self.has_ended(ending.account).await? {
                return Ok(());
            }
        }
    }

    /// The end of an account, but for its addresses.
    fn gone(&self, account: &Account, due: &Due, ending: &Ending) -> Result<Vec<Write<'static>>, Error> {
        let now = self.app.clock.now();
        let tombstone = Put::new(Row::Account(account.id), &Tombstone { ended_at: now })?;
        let ledger = Ending::conditions().into_iter().fold(Expected::new(ending.row()), Expected::when);
        let circumstances = Circumstances { at: now, by: due.by, ip: None, country: None, device: None };
        let letter = Letter::Notice { to: account.address.clone(), news: News::Deleted, circumstances, not_me: None };
        Ok(vec![
            Write::Put(tombstone.when(Condition::equals("version", &account.version)?)),
            Write::Delete(Expected::new(Row::SessionGuard(account.id))),
            Write::Delete(ledger),
            post(letter, account.language, now)?,
        ])
    }
}

/// The write that takes an account that is gone out of a record which names it. It conflicts with whoever has written it since it was read.
fn without_account(key: &AddressKey, record: AddressRecord) -> Result<Write<'_>, Error> {
    let seen = record.version;
    match record.without_account() {
        Some(left) => changed(key, left),
        None => Ok(Write::Delete(Expected::new(Row::Address(key)).when(Condition::equals("version", &seen)?))),
    }
}
