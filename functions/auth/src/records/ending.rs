//! The owner of an account has it deleted, or keeps it after all. Until the ledger begins with it (`endings.rs`), nothing is lost but
//! sessions and personal tokens.

use std::time::Instant;

use shared::{
    caller::Caller,
    endings::{GRACE, Marks},
    error::Error,
    events::{AccountEvent, Action, Announced, Circumstances},
    ids::{AccountId, LinkId},
    outbox::{Letter, News},
    store::{Condition, Expected, Put, Raced, Update, Write},
    tables::Row,
    time::{Clock, Timestamp},
};

use super::{
    account_row::as_seen,
    known::KnownAddress,
    notice::{OneEvent, Telling},
    own_password::NotProven,
    post,
};
use crate::{
    account::{Account, Due, Offer},
    guard::{Counted, row::changing},
    secrets::links::MailedLink,
    sender::Sender,
    session::ending::{EndOfAccess, Extent},
    state::Auth,
};

/// What those who keep an account at once compete for.
const ACCOUNT: &str = "an account that is to be deleted";

/// What asking for the end of an account comes to.
pub enum Deletion {
    /// It is to be deleted at that time.
    Due(Timestamp),
    /// The password is another than was shown, or was not looked at.
    NotProven(NotProven),
    /// A change of address can still be undone, or the account is to be deleted already.
    NotNow,
}

impl Due {
    /// In a week from now, at the word of whoever these circumstances speak of.
    ///
    /// # Errors
    /// `Internal` without randomness.
    pub fn new(circumstances: &Circumstances) -> Result<Self, Error> {
        let Circumstances { at, by, .. } = *circumstances;
        Ok(Self { at: at + GRACE, by, keep: LinkId::random()?, has_begun: false })
    }

    /// Its place in the ledger.
    #[must_use]
    pub const fn row(&self, account_id: AccountId) -> Row<'static> {
        Row::Ending(self.at, account_id)
    }
}

/// The write that takes an account out of the ledger which [stays](Account::stay): it conflicts with its end, once that has begun.
#[must_use]
pub fn cancelled(account_id: AccountId, due: &Due) -> Write<'static> {
    let row = Expected::new(due.row(account_id));
    Write::Delete(row.when(Condition::Absent("begun_at")))
}

/// The writes of an account that is to be deleted, but for the end of what it has opened: the account, read in the version `seen`, its place in
/// the ledger, and the letter with the link that keeps it.
///
/// # Errors
/// `Internal`, also without randomness.
pub fn ending(
    account: &Account,
    due: &Due,
    seen: u64,
    circumstances: &Circumstances,
    clock: &Clock,
) -> Result<Vec<Write<'static>>, Error> {
    let ledger = Put::new(due.row(account.id), &Marks::default())?.when(Condition::New);
    let letter = Letter::Notice {
        to: account.address.clone(),
        news: News::Deletion { due_at: due.at, keep: due.keep },
        circumstances: circumstances.clone(),
        not_me: Some(account.not_me_link(clock.unix_ms())?),
    };
    Ok(vec![
        Write::Update(as_seen(account, seen)?.set("ending", due)?),
        Write::Put(ledger),
        post(letter, account.language, circumstances.at)?,
    ])
}

impl Auth {
    /// The caller has the account deleted, in a request that came in at `since`, with its password, or, where it has none, by having signed
    /// in of late. The end of all sessions and personal tokens, the place in the ledger, the letter and the event are one transaction.
    ///
    /// # Errors
    /// `InvalidToken` where something else has ended the session meanwhile; `StepUpRequired`, `Contended`, `Unavailable`, `Internal`.
    pub(crate) async fn delete_account(
        &self,
        caller: &Caller,
        password: Option<&str>,
        sender: &Sender,
        circumstances: Circumstances,
        since: Instant,
    ) -> Result<Deletion, Error> {
        let (id, now) = (caller.account_id(), circumstances.at);
        let account = self.own_account(caller).await?;
        if !account.may_end(now) {
            return Ok(Deletion::NotNow);
        }
        let counted = match self.own_password(caller, &account, password, sender, since, now).await? {
            Ok(counted) => counted,
            Err(not_proven) => return Ok(Deletion::NotProven(not_proven)),
        };
        let event = AccountEvent::new(
            id,
            Action::DeletionRequested,
            circumstances,
            Some(caller.session_id()),
            &self.app.clock,
        )?;
        self.put_end(caller, account, counted, event.announce()?, since).await
    }

    /// Writes that an account is to be deleted, which proved its owner as it was read. Of those who do so at once one is first. The right try
    /// of the password is taken back with it; by itself where a round is lost, so that whoever tries others is not in the way.
    async fn put_end(
        &self,
        caller: &Caller,
        mut account: Account,
        mut counted: Option<Counted>,
        event: Announced,
        since: Instant,
    ) -> Result<Deletion, Error> {
        let (id, seen, circumstances) = (account.id, account.version, event.event().circumstances.clone());
        let (mut rounds, due) = (self.rounds(since, circumstances.at), Due::new(&circumstances)?);
        account.end(due);
        loop {
            let EndOfAccess { guard, ended: mut writes, seen: tried } =
                self.ending_access(id, Extent::Everything).await?;
            writes.push(Write::Update(match &counted {
                Some(Counted { retraction, .. }) => changing(guard, &tried.taking_back(retraction))?,
                None => guard,
            }));
            writes.extend(ending(&account, &due, seen, &circumstances, &self.app.clock)?);
            writes.push(Write::Put(event.put()?));
            if self.app.store.race(writes).await? == Raced::Won {
                event.happened();
                return Ok(Deletion::Due(due.at));
            }
            if let Some(counted) = counted.take() {
                self.take_back(id, counted, since).await?;
            }
            rounds.lost(id, seen).await?;
            let there = self.living_account(id).await?.ok_or(Error::InvalidToken)?;
            if there.version != seen {
                if there.ending.is_some() {
                    return Ok(Deletion::NotNow);
                }
                // What was shown is not the password any more; the session may go on all the same.
                caller.is_signed_in(&self.app.store).await?;
                return Ok(Deletion::NotProven(NotProven::Wrong));
            }
        }
    }

    /// An authentic link that keeps an account comes back, in a request that came in at `since`; whether the account stays. The account, its
    /// place in the ledger and the event are one transaction.
    ///
    /// # Errors
    /// `Contended`, `Unavailable`, `Internal`.
    pub(crate) async fn keep_account(&self, link: MailedLink, told: &Telling, since: Instant) -> Result<bool, Error> {
        let (mut contention, mut event) = (self.app.contention(ACCOUNT, since), OneEvent::new(Action::AccountKept));
        loop {
            let KnownAddress { account, .. } = self.known_address(&link.address).await?;
            let Some(mut account) = account else { return Ok(false) };
            match account.keep_offer(link.id) {
                Offer::Open => {}
                Offer::Taken => return Ok(true),
                Offer::Void => return Ok(false),
            }
            let Some(due) = account.stay() else { return Ok(false) };
            let row = Update::new(Row::Account(account.id)).set("ending", &account.ending)?.set("kept_by", &link.id)?;
            // Keeping an account does not raise its version: nothing of what proves its owner has changed.
            let row = row.when(Condition::equals("version", &account.version)?).when(Condition::Present("ending"));
            let writes = vec![Write::Update(row), cancelled(account.id, &due), event.put(self, account.id, told)?];
            if self.app.store.race(writes).await? == Raced::Won {
                event.happened();
                return Ok(true);
            }
            contention.lost().await?;
        }
    }
}
