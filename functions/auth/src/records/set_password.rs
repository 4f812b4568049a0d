//! A link that sets a password comes back.

use std::time::Instant;

use shared::{
    error::Error,
    events::Action,
    outbox::News,
    store::{Raced, Write},
    tables::Row,
    time::Timestamp,
};

use super::{
    account_row::new_password,
    compare::{Compared, Right, Try},
    known::KnownAddress,
    notice::{OneEvent, Telling},
};
use crate::{
    account::{Account, Offer},
    guard::{
        Standing,
        row::{changing_places, freezing},
    },
    password::{
        PasswordHash,
        weak::{Personal, Weakness},
    },
    profile::Profile,
    secrets::links::MailedLink,
    sender::{DeviceToken, Sender},
    session::ending::{EndOfAccess, Extent},
    state::Auth,
};

/// What a link that sets a password comes to.
pub enum SetPassword {
    /// It is the password now. The device that the link was redeemed on is known from now on, by its token; none where this was done before.
    Done(Option<DeviceToken>),
    /// The link is good for nothing, or has set another password.
    Void,
    /// The password is easy to guess, or was stolen. The link stays good.
    Weak(Weakness),
    /// Too many passwords were compared at this account: for so many seconds none is compared with the one that the link has set.
    Locked(i64),
}

impl Auth {
    /// Sets the password by an authentic link, unless it is easy to guess or was stolen. The new password, the end of the link, the end of
    /// every session and personal token, the letter and the event are one transaction, in which the place that the request comes from is
    /// made known, too: the way in for an owner under attack who has a new device. The vault stays shut for a while, unless this is the
    /// first password: nobody has ever been in. The address's record is only read: whoever has letters sent there is not in the way.
    ///
    /// # Errors
    /// `Unavailable` when a table is down, `Contended` when others are quicker all the time; `Internal`.
    pub(crate) async fn set_password(
        &self,
        link: MailedLink,
        password: &str,
        sender: &Sender,
        since: Instant,
        now: Timestamp,
    ) -> Result<SetPassword, Error> {
        let (mut rounds, mut hash) = (self.rounds(since, now), None);
        let (told, mut event) = (Telling::of_link(sender.origin(), now), OneEvent::new(Action::PasswordReset));
        loop {
            let KnownAddress { record, account } = self.known_address(&link.address).await?;
            let Some(mut account) = account else { return Ok(SetPassword::Void) };
            match account.offer(link.id, record.offered(link.id, now), now) {
                Offer::Open => {}
                Offer::Taken => {
                    let (from, client, origin) = (&sender.places(), Standing::Usual, sender.origin());
                    return self.repeated(&account, Try { password, from, client, origin, since, now }).await;
                }
                Offer::Void => return Ok(SetPassword::Void),
            }
            // Before the sessions are looked at: while Argon2 runs, somebody who has the old password could open one more.
            let hash = if let Some(hash) = &hash {
                hash
            } else {
                match self.chosen(password, &account, now).await? {
                    Ok(new) => hash.insert(new),
                    Err(weakness) => return Ok(SetPassword::Weak(weakness)),
                }
            };
            let (seen, is_first) = (account.version, account.no_password.is_some());
            account.set_password(link.id, hash.clone(), self.app.clock.unix_ms(), now);
            let EndOfAccess { guard, ended: mut writes, seen: tried } =
                self.ending_access(account.id, Extent::Everything).await?;
            let (device, from) = sender.recognised(&tried.places, now)?;
            // Not the tries: whoever makes them is not in the way of the owner.
            let guard = changing_places(guard, &tried.welcoming_by_link(&from, now))?;
            let freeze = if is_first { tried.freeze } else { tried.freeze.again(now, self.config.freeze) };
            writes.push(Write::Update(freezing(guard, freeze)?));
            writes.push(new_password(&account, seen)?);
            writes.push(told.notice(&account, &account.address, News::PasswordChanged, self.app.clock.unix_ms())?);
            writes.push(event.put(self, account.id, &told)?);
            if self.app.store.race(writes).await? == Raced::Won {
                event.happened();
                return Ok(SetPassword::Done(Some(device)));
            }
            rounds.lost(account.id, seen).await?;
        }
    }

    /// What whoever repeats a request is told, by what comes of comparing the password with the one that the link has set: a try like
    /// any other.
    async fn repeated(&self, account: &Account, attempt: Try<'_>) -> Result<SetPassword, Error> {
        let (guard, since) = (self.guard_of_account(account.id).await?, attempt.since);
        Ok(match self.compare(guard, Some(account), attempt).await? {
            Compared::Right(Right { counted, .. }) => {
                self.take_back(account.id, counted, since).await?;
                SetPassword::Done(None)
            }
            Compared::Wrong(counted) => counted.others_locked.map_or(SetPassword::Void, SetPassword::Locked),
            Compared::Locked(seconds) => SetPassword::Locked(seconds),
        })
    }

    /// The hash of a password that somebody has chosen for an account.
    ///
    /// # Errors
    /// `Unavailable`, `Internal`; within that, why the password is easy to guess for who knows its owner.
    pub(super) async fn chosen(
        &self,
        password: &str,
        account: &Account,
        now: Timestamp,
    ) -> Result<Result<PasswordHash, Weakness>, Error> {
        if let Some(weakness) = self.weakness(password, account).await? {
            return Ok(Err(weakness));
        }
        let passwords = self.passwords(now).await?;
        let (is_breached, hash) = tokio::join!(self.breaches.have(password), passwords.hash(password, now));
        if is_breached { Ok(Err(Weakness::Breached)) } else { hash.map(Ok) }
    }

    /// Why a password would be easy to guess for who knows the owner of an account.
    async fn weakness(&self, password: &str, account: &Account) -> Result<Option<Weakness>, Error> {
        let profile: Option<Profile> = self.app.store.get(Row::Profile(account.id)).await?;
        let name = profile.and_then(|profile| profile.full_name);
        let person = Personal::new(&account.address, &self.config.product, name.as_deref());
        Ok(Weakness::of(password, &person))
    }
}
