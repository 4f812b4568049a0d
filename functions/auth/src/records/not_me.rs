//! The owner of an account says, by a link in a letter that told of something, that it was somebody else.
//!
//! Whoever it was may have the password, sessions, and even the account's address. So no password opens the account until a new one is set,
//! by a link that is mailed to the address that the letter went to. Passkeys stay, but for one that the letter itself told of: each was
//! told of by a letter of its own, and the owner is shown those that were added since. A letter to the former address works whatever has happened at the present one.

use std::time::{Duration, Instant};

use shared::{
    error::Error,
    events::Action,
    ids::{AccountId, LinkId},
    link::LONGEST_LIFE,
    outbox::News,
    store::Write,
    time::Timestamp,
};

use super::{
    ChangedRecord,
    account_row::taken_back,
    ending::cancelled,
    notice::{OneEvent, Telling},
    post,
};
use crate::{
    account::{Account, Due, UNDO_LIFE},
    address::AddressRecord,
    factors::purge::{Doubted, KnownFactor, purge},
    guard::row::{forgetting_places, freezing},
    secrets::links::NotMeLink,
    sender::Sender,
    session::ending::{EndOfAccess, Extent, ending_by},
    state::Auth,
};

/// How long before a letter a factor may have been added, as it says itself, for all that it was added with it: a request takes a while, and
/// clocks differ. Who sees one factor too many knows it.
const ABOUT_AS_OLD: Duration = Duration::from_mins(1);

/// What the word of the owner comes to.
#[derive(Debug, PartialEq, Eq)]
pub enum NotMe {
    /// Nobody is in any more, and a letter offers a new password. These factors were added since the letter was written, and are there.
    Done(Vec<KnownFactor>),
    /// The account was taken back since the letter was written. Nothing has changed; these factors are there that were added since.
    Heeded(Vec<KnownFactor>),
    /// The link is good for nothing.
    Void,
}

/// A round of taking an account back.
enum Round {
    /// Somebody is changing the account, which is read in halves. There is another round.
    Moving,
    /// This is how it ends, without a write.
    End(NotMe),
    /// All of this is to be written.
    Write(TakenBack),
}

struct TakenBack {
    account: AccountId,
    /// The version that the account was read in.
    seen: u64,
    is_restored: bool,
    records: Vec<ChangedRecord>,
    writes: Vec<Write<'static>>,
    /// The factors that stay, though they were added since the letter.
    added: Vec<KnownFactor>,
}

/// What shuts everybody out.
struct Closing {
    writes: Vec<Write<'static>>,
    /// The factors that stay.
    staying: Vec<KnownFactor>,
}

/// What is told of it.
struct Events {
    by: Telling,
    not_me: OneEvent,
    restored: OneEvent,
    /// Of the factors that go.
    factors: Vec<(Action, OneEvent)>,
}

impl Auth {
    /// Takes an account back by an authentic link. The end of all access, of the password and of what is known of places, the freeze of the
    /// vault, the letter that offers a new password and the events are one transaction; and the way back to the former address, where the
    /// letter went there.
    ///
    /// # Errors
    /// `Unavailable` when a table is down, `Contended` when others are quicker all the time; `Internal`.
    pub(crate) async fn not_me(
        &self,
        link: NotMeLink,
        sender: &Sender,
        since: Instant,
        now: Timestamp,
    ) -> Result<NotMe, Error> {
        if is_over(link.link.id, self.app.clock.unix_ms()) {
            return Ok(NotMe::Void);
        }
        let mut events = Events {
            by: Telling::of_link(sender.origin(), now),
            not_me: OneEvent::new(Action::NotMe),
            restored: OneEvent::new(Action::EmailRestored),
            factors: Vec::new(),
        };
        let (mut rounds, offer) = (self.rounds(since, now), LinkId::random()?);
        loop {
            match self.round(link, offer, &mut events, now).await? {
                Round::Moving => rounds.again().await?,
                Round::End(end) => return Ok(end),
                Round::Write(TakenBack { account, seen, is_restored, records, writes, added }) => {
                    if self.write_records(&records, writes).await? {
                        events.happened(is_restored);
                        return Ok(NotMe::Done(added));
                    }
                    rounds.lost(account, seen).await?;
                }
            }
        }
    }

    async fn round(
        &self,
        not_me: NotMeLink,
        offer: LinkId,
        events: &mut Events,
        now: Timestamp,
    ) -> Result<Round, Error> {
        let link = not_me.link;
        let record = self.record(&link.address).await?;
        let (owner, former) = (record.owner(), record.former(now));
        let Some(id) = owner.or(former) else { return Ok(Round::End(NotMe::Void)) };
        let account = self.living_account(id).await?;
        let Some(account) = account.filter(Account::may_be_taken_back) else {
            return Ok(Round::End(NotMe::Void));
        };
        if owner.is_some() {
            return match () {
                // A suspended account stays as it is. The way back to its former address is open all the same: it ends in a week.
                () if account.banned.is_some() => Ok(Round::End(NotMe::Void)),
                () if account.address.key() != link.address => Ok(Round::Moving),
                () if account.is_heeded(link.id) => self.disowning(account, not_me, events, now).await,
                () => self.securing(account, record, not_me, offer, events, now).await,
            };
        }
        match account.former(now) {
            Some(undo) if undo.former.key() == link.address => {
                self.restoring(account, record, not_me, offer, events, now).await
            }
            _ => Ok(Round::Moving),
        }
    }

    /// Takes back an account whose address is as it was.
    async fn securing(
        &self,
        mut account: Account,
        mut record: AddressRecord,
        NotMeLink { link, factor }: NotMeLink,
        offer: LinkId,
        events: &mut Events,
        now: Timestamp,
    ) -> Result<Round, Error> {
        let seen = account.version;
        let due = account.disown(link.id, false, self.app.clock.unix_ms(), now);
        let letter = record.offer_password(&account, offer, now);
        let doubted = factor.map_or(Doubted::None, Doubted::One);
        let Closing { mut writes, staying } = self.closing(&account, seen, due, doubted, events, now).await?;
        writes.extend([post(letter, account.language, now)?, events.not_me.put(self, account.id, &events.by)?]);
        let records = vec![ChangedRecord { key: link.address, record }];
        let added = added_since(link.id, staying);
        Ok(Round::Write(TakenBack { account: account.id, seen, is_restored: false, records, writes, added }))
    }

    /// Takes back an account that somebody has moved to another address: it returns to the one that the letter went to. Who reads the mail
    /// of the other one is told, and may have been the owner.
    async fn restoring(
        &self,
        mut account: Account,
        mut record: AddressRecord,
        NotMeLink { link, factor }: NotMeLink,
        offer: LinkId,
        events: &mut Events,
        now: Timestamp,
    ) -> Result<Round, Error> {
        let (seen, left) = (account.version, account.address.clone());
        // Whoever has moved the account may have added factors since, too.
        let moved_at = account.undo.as_ref().map_or(now, |undo| undo.until - UNDO_LIFE);
        let doubted = Doubted::Since(moved_at, factor);
        let left_key = left.key();
        let mut left_record = self.record(&left_key).await?;
        if left_record.owner() != Some(account.id) {
            return Ok(Round::Moving);
        }
        let due = account.disown(link.id, true, self.app.clock.unix_ms(), now);
        record.belong_to(&account, None);
        left_record.let_go(now);
        let letter = record.offer_password(&account, offer, now);
        let news = News::EmailChanged { new: account.address.clone(), is_former: false };
        let Closing { mut writes, staying } = self.closing(&account, seen, due, doubted, events, now).await?;
        writes.extend([
            post(letter, account.language, now)?,
            events.by.farewell(&account, left, news)?,
            events.not_me.put(self, account.id, &events.by)?,
            events.restored.put(self, account.id, &events.by)?,
        ]);
        let records =
            vec![ChangedRecord { key: link.address, record }, ChangedRecord { key: left_key, record: left_record }];
        let added = added_since(link.id, staying);
        Ok(Round::Write(TakenBack { account: account.id, seen, is_restored: true, records, writes, added }))
    }

    /// Removes a factor that its owner has not added, and stops a reset of all of them, where the account was taken back since the letter: by
    /// its owner, or by whoever has set a password by a link and would have the factors removed next.
    async fn disowning(
        &self,
        account: Account,
        NotMeLink { link, factor }: NotMeLink,
        events: &mut Events,
        now: Timestamp,
    ) -> Result<Round, Error> {
        let (store, guard) = (&self.app.store, self.guard_of_account(account.id).await?.into_guard());
        let doubted = factor.map_or(Doubted::None, Doubted::One);
        let purge = purge(store, account.id, guard.factors, doubted).await?;
        if purge.told.is_empty() {
            return Ok(Round::End(NotMe::Heeded(added_since(link.id, purge.staying))));
        }
        let mut writes = events.of_factors(self, &account, &purge.told)?;
        if !purge.is_empty() {
            let EndOfAccess { guard, ended, seen } = ending_by(store, account.id, guard, Extent::Everything).await?;
            let freeze = seen.freeze.again(now, self.config.freeze);
            writes.push(Write::Update(freezing(purge.guard(guard)?, freeze)?));
            writes.extend(ended);
        }
        writes.extend(purge.writes);
        Ok(Round::Write(TakenBack {
            account: account.id,
            seen: account.version,
            is_restored: false,
            records: Vec::new(),
            writes,
            added: added_since(link.id, purge.staying),
        }))
    }

    /// The writes that shut everybody out of an account which was read in the version `seen`, with the factors that are in doubt, and take it
    /// out of the ledger where it was `due` to be deleted.
    async fn closing(
        &self,
        account: &Account,
        version: u64,
        due: Option<Due>,
        doubted: Doubted,
        events: &mut Events,
        now: Timestamp,
    ) -> Result<Closing, Error> {
        let EndOfAccess { guard, ended: mut writes, seen } = self.ending_access(account.id, Extent::Everything).await?;
        let purge = purge(&self.app.store, account.id, seen.factors, doubted).await?;
        let freeze = seen.freeze.again(now, self.config.freeze);
        writes.push(Write::Update(freezing(forgetting_places(purge.guard(guard)?)?, freeze)?));
        writes.push(taken_back(account, version)?);
        writes.extend(due.map(|due| cancelled(account.id, &due)));
        writes.extend(events.of_factors(self, account, &purge.told)?);
        writes.extend(purge.writes);
        Ok(Closing { writes, staying: purge.staying })
    }
}

impl Events {
    /// The events of the factors that go: announced once for all rounds in which they are the same.
    fn of_factors(&mut self, auth: &Auth, account: &Account, told: &[Action]) -> Result<Vec<Write<'static>>, Error> {
        if !self.factors.iter().map(|(action, _)| action).eq(told) {
            self.factors = told.iter().map(|action| (*action, OneEvent::new(*action))).collect();
        }
        self.factors.iter_mut().map(|(_, event)| event.put(auth, account.id, &self.by)).collect()
    }

    /// The transaction took place that these are in.
    fn happened(self, is_restored: bool) {
        self.not_me.happened();
        if is_restored {
            self.restored.happened();
        }
        self.factors.into_iter().for_each(|(_, event)| event.happened());
    }
}

/// Those of these factors that were added since the letter with such a link was written, or with it.
fn added_since(link: LinkId, mut factors: Vec<KnownFactor>) -> Vec<KnownFactor> {
    let written_at = Timestamp::from_second(i64::try_from(link.unix_ms() / 1000).unwrap_or(i64::MAX));
    factors.retain(|factor| written_at <= factor.created_at + ABOUT_AS_OLD);
    factors
}

/// Whether a letter with such a link is too old for it to do anything.
fn is_over(link: LinkId, unix_ms: u64) -> bool {
    let life = u64::try_from(LONGEST_LIFE.as_millis()).unwrap_or(u64::MAX);
    link.unix_ms().saturating_add(life) <= unix_ms
}
