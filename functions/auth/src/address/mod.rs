//! The rules of one e-mail address: pending sign-up, links, proof, whose it is. Pure: a rule changes the record and says what letter to
//! write; storing both is somebody else's business. What strangers may cause is here; what proves an owner is in `account.rs`.
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
    error::Error,
    ids::{AccountId, LinkId},
    link::{LONGEST_LIFE, Purpose},
    outbox::Letter,
    time::Timestamp,
};

pub use self::allowance::Wait;
use self::{
    allowance::{Allowance, Allowances},
    issued::{IssuedLink, IssuedLinks},
    pending::Pending,
};
use crate::{
    account::{Account, SET_PASSWORD_LIFE},
    password::PasswordHash,
};

/// Life of a link that proves an address.
pub const VERIFY_LIFE: Duration = LONGEST_LIFE;
/// A sign-up whose links have expired can be revived by a new link for this long, and what is known of its passwords counts as long.
const REVIVABLE: Duration = Duration::from_hours(24);
/// How long after the proof anybody may learn that an address is verified.
const VERIFIED_IS_PUBLIC: Duration = Duration::from_hours(24);
/// Requests that began together and that one of them has settled are no further apart.
const A_MOMENT: Duration = Duration::from_mins(1);
/// Between two mails that tell an owner of attempts to sign up again.
const NOTICE_COOLDOWN: Duration = Duration::from_hours(1);

/// Everything known of one address but its owner's credentials: one row, so a rule ends in one conditional write.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct AddressRecord {
    /// Counts the writes; a write states the number it has seen.
    pub(crate) version: u64,
    owner: Option<AccountId>,
    /// By which link the owner has proven the address; none where proof was not asked for.
    verified_by: Option<LinkId>,
    /// Passwords and links of sign-ups are kept for every address that was asked for, also where there is an account and none is mailed: what
    /// anybody may learn of an address, and what a request costs, depends on these alone.
    pending: Option<Pending>,
    links: IssuedLinks,
    /// Sign-ups and letters that were asked for again, counted for every address alike.
    asked: Allowances,
    /// Letters that ask the reader of the usual spelling for a proof.
    letters: Allowance,
    /// Letters that offer a password.
    offers: Allowance,
    notice_from: Option<Timestamp>,
    /// None once there is an account.
    ttl: Option<Timestamp>,
}

/// Ids for what may come of a request.
#[derive(Clone, Copy)]
pub struct NewIds {
    /// The account.
    pub account: AccountId,
    /// A link that proves the address.
    pub proof: LinkId,
    /// A link that sets a password.
    pub offer: LinkId,
}

/// Somebody who wants an account.
#[derive(Clone)]
pub struct SignUp {
    /// The address as it was typed, in its normal form.
    pub email: EmailAddress,
    /// The password as sign-ups of one address can be compared by.
    pub password: PasswordHash,
}

/// A letter that was asked for again.
pub struct Resent {
    /// What to write.
    pub letter: Letter,
    /// When the next may be asked for.
    pub next: Wait,
}

/// What redeeming a link that proves an address comes to.
#[derive(Debug)]
pub enum Redeemed {
    /// There is an account now; a contested one still needs its password, by this letter.
    Verified(Account, Option<Letter>),
    /// It was there already, by this very link.
    AlreadyVerified(AccountId),
    /// The link is too old.
    Expired,
    /// Another link has replaced it, or the sign-up is gone.
    Invalid,
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
    /// Somebody signs up; `account` is the address's own. One link and one letter come of it, whatever the address is, unless too many were asked for of late. What is known
    /// of the passwords changes all the same: a stranger's is none the better for coming late. Nor do strangers who have asked for letters in
    /// vain use up the first letter of whoever reads the usual spelling.
    pub fn sign_up(&mut self, new: &SignUp, account: Option<&Account>, new_ids: &NewIds, now: Timestamp) -> Letter {
        self.forget(now);
        self.pending = Some(Pending::after(self.pending.take(), &new.password));
        let has_room = self.asked.of(&new.email).take(now);
        if has_room {
            self.links.issue(proof(&new.email, new_ids, now), now);
        }
        self.links.sign_up(&new.email, now, || proof(&new.email, new_ids, now));
        self.expire();
        match (account, has_room) {
            (Some(account), true) => self.notify_owner(account, new_ids, now),
            (None, _) if has_room || new.email.is_folded() => self.mail_proof(&new.email, Some(new_ids.account), now),
            _ => Letter::Nothing,
        }
    }

    /// Whether a sign-up that others were quicker than would change nothing: its password is no news, and its spelling was signed up with a
    /// moment ago.
    #[must_use]
    pub fn has_pending(&self, new: &SignUp, now: Timestamp) -> bool {
        let is_no_news = self.pending.as_ref().is_some_and(|pending| pending.knows(&new.password));
        let link = self.links.to(Purpose::VerifyEmail, &new.email).filter(|_| is_no_news);
        link.is_some_and(|link| link.is_signed_up && now < link.asked_at + A_MOMENT)
    }

    /// Makes the account of a sign-up without a proof, unless the address has one or is contested.
    pub fn confirm_unproven(&mut self, new: &SignUp, new_ids: &NewIds, now: Timestamp) -> Option<Account> {
        match self.pending {
            Some(Pending::Agreed(_)) if self.owner.is_none() => {
                let password = self.pending.take().and_then(Pending::password);
                let account = Account::new(new_ids.account, new.email.clone(), password, now);
                self.belong_to(&account, None);
                Some(account)
            }
            _ => None,
        }
    }

    /// Somebody asks for the mail again. It goes to the spelling that was typed or, where there is an account, to its own.
    ///
    /// # Errors
    /// When it may be asked for. Nothing has changed.
    pub fn resend(
        &mut self,
        email: &EmailAddress,
        account: Option<&Account>,
        new_ids: &NewIds,
        now: Timestamp,
    ) -> Result<Resent, Wait> {
        let next = self.asked.of(email).take_again(now)?;
        self.forget(now);
        self.links.issue(proof(email, new_ids, now), now);
        self.expire();
        let letter = match (account, &self.pending) {
            (Some(account), _) if account.password.is_none() => {
                self.offer_password_on_request(account, new_ids.offer, now)
            }
            (None, Some(_)) => self.mail_proof(email, None, now),
            _ => Letter::Nothing,
        };
        Ok(Resent { letter, next })
    }

    /// An authentic link is redeemed: the spelling that it was mailed to becomes the address of the account. `offer` names the next link,
    /// should one be needed.
    pub fn redeem(&mut self, link: LinkId, offer: LinkId, now: Timestamp) -> Redeemed {
        self.forget(now);
        if let Some(owner) = self.owner.filter(|_| self.verified_by == Some(link)) {
            return Redeemed::AlreadyVerified(owner);
        }
        let Some(link) = self.links.find(Purpose::VerifyEmail, link).filter(|_| self.owner.is_none()).cloned() else {
            return Redeemed::Invalid;
        };
        if link.expires_at <= now {
            return Redeemed::Expired;
        }
        let Some(pending) = self.pending.take() else {
            return Redeemed::Invalid;
        };
        // Who has only asked for a letter to this spelling has chosen no password: the one that is known is somebody else's.
        let password = pending.password().filter(|_| link.is_signed_up);
        let account = Account::new(link.account, link.spelling, password, now);
        self.belong_to(&account, Some(link.id));
        let letter = account.password.is_none().then(|| self.offer_password(&account, offer, now));
        Redeemed::Verified(account, letter)
    }

    /// Whether a link that sets a password is out, and has not expired. Whether it has been used, its account says.
    #[must_use]
    pub fn is_offered(&self, link: LinkId, now: Timestamp) -> bool {
        self.links.find(Purpose::SetPassword, link).is_some_and(|known| now < known.expires_at)
    }

    /// The account of the address.
    #[must_use]
    pub const fn owner(&self) -> Option<AccountId> {
        self.owner
    }

    /// Whether a sign-up waits for its proof, or has waited in vain.
    #[must_use]
    pub const fn is_pending(&self) -> bool {
        self.pending.is_some()
    }

    /// What a stranger may know of an address in this spelling, or the owner. `account`: the address's own.
    #[must_use]
    pub fn status(&self, email: &EmailAddress, account: Option<&Account>, is_owner: bool, now: Timestamp) -> Status {
        if let Some(account) = account.filter(|account| is_owner || now < account.verified_at + VERIFIED_IS_PUBLIC) {
            return Status::Verified(account.verified_at);
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

    /// The letter with the link to this spelling; `account` is the id that a sign-up was told.
    fn mail_proof(&mut self, email: &EmailAddress, account: Option<AccountId>, now: Timestamp) -> Letter {
        let Some(link) = self.links.mailable(Purpose::VerifyEmail, email, now) else { return Letter::Nothing };
        if email.is_folded() && !self.letters.take(now) {
            return Letter::Nothing;
        }
        link.account = account.unwrap_or(link.account);
        letter(link)
    }

    /// The row goes by itself when its last link can no longer be revived, unless there is an account.
    fn expire(&mut self) {
        let last = self.links.last_expiry(Purpose::VerifyEmail).filter(|_| self.owner.is_none());
        self.ttl = last.map(|last| last + REVIVABLE);
    }

    /// The address belongs to an account from now on. All that was asked for before is settled by it.
    fn belong_to(&mut self, account: &Account, verified_by: Option<LinkId>) {
        *self = Self { version: self.version, owner: Some(account.id), verified_by, ..Self::default() };
    }

    fn notify_owner(&mut self, account: &Account, new_ids: &NewIds, now: Timestamp) -> Letter {
        if account.password.is_none() {
            return self.offer_password_on_request(account, new_ids.offer, now);
        }
        if self.notice_from.is_some_and(|from| now < from) {
            return Letter::Nothing;
        }
        self.notice_from = Some(now + NOTICE_COOLDOWN);
        Letter::AlreadyRegistered { to: account.address.clone() }
    }

    /// What others ask for is counted, whichever spelling they type: it goes to the owner's own.
    fn offer_password_on_request(&mut self, account: &Account, link: LinkId, now: Timestamp) -> Letter {
        if self.offers.take(now) { self.offer_password(account, link, now) } else { Letter::Nothing }
    }

    fn offer_password(&mut self, account: &Account, id: LinkId, now: Timestamp) -> Letter {
        let link = IssuedLink {
            id,
            spelling: account.address.clone(),
            purpose: Purpose::SetPassword,
            expires_at: now + SET_PASSWORD_LIFE,
            asked_at: now,
            account: account.id,
            is_signed_up: false,
        };
        self.links.issue(link, now);
        self.links.mailable(Purpose::SetPassword, &account.address, now).map_or(Letter::Nothing, |link| letter(link))
    }
}

impl NewIds {
    /// New ids.
    ///
    /// # Errors
    /// `Internal` without randomness.
    pub fn random() -> Result<Self, Error> {
        Ok(Self { account: AccountId::random()?, proof: LinkId::random()?, offer: LinkId::random()? })
    }
}

/// A new link that proves this spelling.
fn proof(email: &EmailAddress, new_ids: &NewIds, now: Timestamp) -> IssuedLink {
    IssuedLink {
        id: new_ids.proof,
        spelling: email.clone(),
        purpose: Purpose::VerifyEmail,
        expires_at: now + VERIFY_LIFE,
        asked_at: now,
        account: new_ids.account,
        is_signed_up: false,
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
