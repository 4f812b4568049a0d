//! The rules of one e-mail address: pending sign-up, proof, account, password. Pure: a rule changes the record and says what
//! letter to write; storing both is somebody else's business.
//!
//! A row is found by the folded address, so different spellings meet in one record. What somebody types is a claim: a spelling counts
//! once a link has come back that was mailed to it.

mod allowance;
mod issued;
mod pending;
#[cfg(test)]
mod tests;

use std::time::Duration;

use serde::{Deserialize, Serialize};
use shared::{
    email::EmailAddress,
    ids::{AccountId, LinkId},
    link::{LONGEST_LIFE, Purpose},
    outbox::Letter,
    time::Timestamp,
};

use self::{
    allowance::{Allowance, Allowances},
    issued::{IssuedLink, IssuedLinks},
    pending::Pending,
};
use crate::password::PasswordHash;

/// Life of a link that proves an address.
pub const VERIFY_LIFE: Duration = LONGEST_LIFE;
/// Life of a link that sets a password.
pub const SET_PASSWORD_LIFE: Duration = Duration::from_mins(30);
const _: () = assert!(SET_PASSWORD_LIFE.as_secs() <= LONGEST_LIFE.as_secs());
/// A sign-up whose links have expired can be revived by a new link for this long, and what is known of its passwords counts as long.
const REVIVABLE: Duration = Duration::from_hours(24);
/// How long after the proof anybody may learn that an address is verified.
const VERIFIED_IS_PUBLIC: Duration = Duration::from_hours(24);
/// Between two mails that tell an owner of attempts to sign up again.
const NOTICE_COOLDOWN: Duration = Duration::from_hours(1);

/// Everything known of one address: one row, so every rule is one read and one conditional write.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct AddressRecord {
    /// Counts the writes; a write states the number it has seen.
    pub(crate) version: u64,
    pending: Option<Pending>,
    owner: Option<Owner>,
    /// Links that prove a spelling are listed for every address that was asked for, also where none is mailed: what anybody may learn of an
    /// address depends on these alone.
    links: IssuedLinks,
    /// Sign-ups and letters that were asked for again, counted for every address alike.
    asked: Allowances,
    /// Letters that offer a password.
    offers: Allowance,
    notice_from: Option<Timestamp>,
    /// None once there is an account.
    ttl: Option<Timestamp>,
}

/// Somebody who wants an account.
#[derive(Clone)]
pub struct SignUp {
    /// The id that the account would have.
    pub account: AccountId,
    /// The address as it was typed, in its normal form.
    pub email: EmailAddress,
    /// The password as sign-ups of one address can be compared by.
    pub password: PasswordHash,
}

/// The account that an address belongs to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Owner {
    /// The account.
    pub id: AccountId,
    /// The address as it was proven.
    pub email: EmailAddress,
    /// None until the owner of a contested address has set one.
    pub password: Option<PasswordHash>,
    /// When the address was proven.
    pub verified_at: Timestamp,
    /// By which link; none where proof was not asked for.
    verified_by: Option<LinkId>,
    /// The link that has set the password; none where the sign-up has.
    password_by: Option<IssuedLink>,
    /// Counts the passwords; sessions of earlier ones are dead.
    pub generation: u64,
}

/// What redeeming a link that proves an address comes to.
#[derive(Debug)]
pub enum Proof {
    /// There is an account now; a contested one still needs its password, by this letter.
    Verified(Owner, Option<Letter>),
    /// It was there already, by this very link.
    AlreadyVerified(Owner),
    /// The link is too old.
    Expired,
    /// Another link has replaced it, or the sign-up is gone.
    Invalid,
}

/// What a link that sets a password is good for.
pub enum Offer<'a> {
    /// It may set the password of this account.
    Open(&'a Owner),
    /// It has set this one, and would still be good otherwise.
    Taken(&'a PasswordHash),
    /// Nothing.
    Void,
}

/// What may be said of an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Nothing.
    Unknown,
    /// A link is out, until then.
    Pending(Timestamp),
    /// A link was out, until then.
    Expired(Timestamp),
    /// Proven, at that time.
    Verified(Timestamp),
}

impl AddressRecord {
    /// Somebody signs up. Whatever the address is, one link and one letter come of it; or neither, after too many of late. What is known of
    /// the passwords changes all the same: a stranger's is none the better for coming late.
    pub fn sign_up(&mut self, new: &SignUp, link: LinkId, now: Timestamp) -> Letter {
        self.forget(now);
        let has_room = self.asked.of(&new.email).take(now);
        if has_room {
            self.issue_proof(&new.email, link, new.account, now);
        }
        if self.owner.is_some() {
            return if has_room { self.notify_owner(link, now) } else { Letter::Nothing };
        }
        self.pending = Some(Pending::after(self.pending.take(), &new.password));
        // A link that strangers have asked for in vain is mailed however often they have.
        match self.links.mail(Purpose::VerifyEmail, &new.email, has_room, now) {
            Some(link) => {
                link.account = new.account;
                letter(link)
            }
            None => Letter::Nothing,
        }
    }

    /// Whether a sign-up would change nothing: its password is no news, and its spelling has been mailed a link.
    #[must_use]
    pub fn has_pending(&self, new: &SignUp, now: Timestamp) -> bool {
        let is_no_news = self.pending.as_ref().is_some_and(|pending| pending.knows(&new.password));
        let link = self.links.to(Purpose::VerifyEmail, &new.email).filter(|_| is_no_news);
        link.is_some_and(|link| link.is_mailed && now < link.expires_at)
    }

    /// Makes the account of a sign-up without a proof, unless the address is contested.
    pub fn confirm_unproven(&mut self, new: SignUp, now: Timestamp) -> Option<Owner> {
        match self.pending {
            Some(Pending::Agreed(_)) => self.own(new.account, new.email, None, now),
            _ => None,
        }
    }

    /// Somebody asks for the mail again: the letter, and the seconds until the next may be asked for. `link` and `account` are for the link
    /// that is issued if its spelling has none.
    ///
    /// # Errors
    /// The seconds to wait. Nothing has changed.
    pub fn resend(
        &mut self,
        email: &EmailAddress,
        link: LinkId,
        account: AccountId,
        now: Timestamp,
    ) -> Result<(Letter, i64), i64> {
        let wait = self.asked.of(email).take_again(now)?;
        self.forget(now);
        let account = self.links.to(Purpose::VerifyEmail, email).map_or(account, |known| known.account);
        self.issue_proof(email, link, account, now);
        let letter = match (&self.owner, &self.pending) {
            (Some(owner), _) if owner.password.is_none() => self.offer_password_on_request(link, now),
            (None, Some(_)) => {
                self.links.mail(Purpose::VerifyEmail, email, true, now).map_or(Letter::Nothing, |link| letter(link))
            }
            _ => Letter::Nothing,
        };
        Ok((letter, wait))
    }

    /// An authentic link is redeemed: the spelling that it was mailed to becomes the address of the account. `fresh` names the next link,
    /// should one be needed.
    pub fn redeem(&mut self, link: LinkId, fresh: LinkId, now: Timestamp) -> Proof {
        self.forget(now);
        if let Some(owner) = self.owner.clone().filter(|owner| owner.verified_by == Some(link)) {
            return Proof::AlreadyVerified(owner);
        }
        let Some(link) = self.links.find(Purpose::VerifyEmail, link).filter(|_| self.owner.is_none()).cloned() else {
            return Proof::Invalid;
        };
        if link.expires_at <= now {
            return Proof::Expired;
        }
        let Some(owner) = self.own(link.account, link.spelling, Some(link.id), now) else {
            return Proof::Invalid;
        };
        let letter = owner.password.is_none().then(|| self.offer_password(fresh, now));
        Proof::Verified(owner, letter)
    }

    /// What an authentic link that sets a password is good for.
    #[must_use]
    pub fn offer(&self, link: LinkId, now: Timestamp) -> Offer<'_> {
        let Some(owner) = &self.owner else { return Offer::Void };
        let is_good = |known: &IssuedLink| known.id == link && now < known.expires_at;
        if self.links.find(Purpose::SetPassword, link).is_some_and(is_good) {
            return Offer::Open(owner);
        }
        match &owner.password {
            Some(password) if owner.password_by.as_ref().is_some_and(is_good) => Offer::Taken(password),
            _ => Offer::Void,
        }
    }

    /// Sets the password by an authentic link, which is used up by it; tells whether the link may.
    /// The sessions of the password before belong to an earlier generation from here on.
    pub fn set_password(&mut self, link: LinkId, password: PasswordHash, now: Timestamp) -> bool {
        if !matches!(self.offer(link, now), Offer::Open(_)) {
            return false;
        }
        let link = self.links.find(Purpose::SetPassword, link).cloned();
        self.links.drop_all(Purpose::SetPassword);
        let Some(owner) = self.owner.as_mut() else { return false };
        owner.password = Some(password);
        owner.password_by = link;
        owner.generation += 1;
        true
    }

    /// Replaces the hash of the same password, unless the password has changed meanwhile.
    pub fn rehash(&mut self, old: &PasswordHash, new: PasswordHash) -> bool {
        match self.owner.as_mut() {
            Some(owner) if owner.password.as_ref() == Some(old) => {
                owner.password = Some(new);
                true
            }
            _ => false,
        }
    }

    /// The account of the address.
    #[must_use]
    pub const fn owner(&self) -> Option<&Owner> {
        self.owner.as_ref()
    }

    /// Whether a sign-up waits for its proof, or has waited in vain.
    #[must_use]
    pub const fn is_pending(&self) -> bool {
        self.pending.is_some()
    }

    /// What a stranger may know of an address in this spelling, or the owner.
    #[must_use]
    pub fn status(&self, email: &EmailAddress, is_owner: bool, now: Timestamp) -> Status {
        if let Some(owner) =
            self.owner.as_ref().filter(|owner| is_owner || now < owner.verified_at + VERIFIED_IS_PUBLIC)
        {
            return Status::Verified(owner.verified_at);
        }
        let of_spelling = self.links.to(Purpose::VerifyEmail, email).map(|link| link.expires_at);
        match of_spelling.or_else(|| self.links.last_expiry(Purpose::VerifyEmail)) {
            Some(expires_at) if now < expires_at => Status::Pending(expires_at),
            Some(expires_at) if now < expires_at + REVIVABLE => Status::Expired(expires_at),
            _ => Status::Unknown,
        }
    }

    /// Drops what can no longer be revived.
    fn forget(&mut self, now: Timestamp) {
        self.links.forget(now - REVIVABLE);
        if self.links.last_expiry(Purpose::VerifyEmail).is_none() {
            self.pending = None;
        }
    }

    fn issue_proof(&mut self, email: &EmailAddress, id: LinkId, account: AccountId, now: Timestamp) {
        let link = IssuedLink {
            id,
            spelling: email.clone(),
            purpose: Purpose::VerifyEmail,
            expires_at: now + VERIFY_LIFE,
            account,
            is_mailed: false,
        };
        self.links.issue(link, now);
        let last = self.links.last_expiry(Purpose::VerifyEmail).filter(|_| self.owner.is_none());
        self.ttl = last.map(|last| last + REVIVABLE);
    }

    /// The pending sign-up becomes an account under this spelling of the address; `None` where there is none.
    fn own(
        &mut self,
        id: AccountId,
        email: EmailAddress,
        verified_by: Option<LinkId>,
        now: Timestamp,
    ) -> Option<Owner> {
        let password = self.pending.take()?.password();
        let owner = Owner { id, email, password, verified_at: now, verified_by, password_by: None, generation: 0 };
        // All that was asked for before the proof is settled by it.
        *self = Self { version: self.version, owner: Some(owner.clone()), ..Self::default() };
        Some(owner)
    }

    fn notify_owner(&mut self, link: LinkId, now: Timestamp) -> Letter {
        match &self.owner {
            Some(owner) if owner.password.is_none() => self.offer_password_on_request(link, now),
            Some(owner) if self.notice_from.is_none_or(|from| from <= now) => {
                self.notice_from = Some(now + NOTICE_COOLDOWN);
                Letter::AlreadyRegistered { to: owner.email.clone() }
            }
            _ => Letter::Nothing,
        }
    }

    /// What others ask for is counted, whichever spelling they type: it goes to the owner's own.
    fn offer_password_on_request(&mut self, link: LinkId, now: Timestamp) -> Letter {
        if self.offers.take(now) { self.offer_password(link, now) } else { Letter::Nothing }
    }

    fn offer_password(&mut self, id: LinkId, now: Timestamp) -> Letter {
        let Some(Owner { id: account, email, .. }) = &self.owner else {
            return Letter::Nothing;
        };
        let link = IssuedLink {
            id,
            spelling: email.clone(),
            purpose: Purpose::SetPassword,
            expires_at: now + SET_PASSWORD_LIFE,
            account: *account,
            is_mailed: true,
        };
        self.links.issue(link, now);
        self.links.mail(Purpose::SetPassword, email, true, now).map_or(Letter::Nothing, |link| letter(link))
    }
}

/// The letter that carries a link, to the spelling that the link is about.
fn letter(link: &IssuedLink) -> Letter {
    let (to, link, expires_at, purpose) = (link.spelling.clone(), link.id, link.expires_at, link.purpose);
    match purpose {
        Purpose::VerifyEmail => Letter::Verify { to, link, expires_at },
        Purpose::SetPassword => Letter::SetPassword { to, link, expires_at },
    }
}
