//! The rules of one e-mail address: pending sign-up, proof, account, password. Pure: a rule changes the record and says what
//! letter to write; storing both is somebody else's business.

#[cfg(test)]
mod tests;

use std::time::Duration;

use serde::{Deserialize, Serialize};
use shared::{
    email::EmailAddress,
    ids::{AccountId, LinkId},
    link::LONGEST_LIFE,
    outbox::Letter,
    time::Timestamp,
};

use crate::password::PasswordHash;

/// Life of a link that proves an address, and of the pending sign-up behind it.
pub const VERIFY_LIFE: Duration = LONGEST_LIFE;
/// Life of a link that sets a password.
pub const SET_PASSWORD_LIFE: Duration = Duration::from_mins(30);
const _: () = assert!(SET_PASSWORD_LIFE.as_secs() <= LONGEST_LIFE.as_secs());
/// A sign-up whose link has expired can be revived by a new link for this long.
const REVIVABLE: Duration = Duration::from_hours(24);
/// How long after the proof anybody may learn that an address is verified.
const VERIFIED_IS_PUBLIC: Duration = Duration::from_hours(24);
/// Between two mails that somebody asked for again.
pub const RESEND_COOLDOWN: Duration = Duration::from_mins(1);
/// Sign-ups of one address that are mailed within a window; more would let a stranger flood a mailbox and replace every link
/// before it can be opened.
const SIGN_UPS: u32 = 5;
const SIGN_UP_WINDOW: Duration = Duration::from_hours(1);
/// Between two mails that tell an owner of attempts to sign up again.
const NOTICE_COOLDOWN: Duration = Duration::from_hours(1);

/// Everything known of one address: one row, so every rule is one read and one conditional write.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct AddressRecord {
    /// Counts the writes; a write states the number it has seen.
    pub(crate) version: u64,
    pending: Option<Pending>,
    owner: Option<Owner>,
    /// The newest link that proves the address. Set for every address that was asked for, also where none is mailed: what
    /// anybody may learn of an address depends on this alone.
    verify: Option<Link>,
    /// The newest link that sets a password.
    set_password: Option<Link>,
    resend_from: Option<Timestamp>,
    notice_from: Option<Timestamp>,
    /// Sign-ups in the window that began at the moment beside.
    #[serde(default)]
    sign_ups: u32,
    sign_ups_from: Option<Timestamp>,
    /// None once there is an account.
    ttl: Option<Timestamp>,
}

/// A sign-up that waits for the proof of its address.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Pending {
    /// The id that the account will have.
    pub id: AccountId,
    /// The address as it is mailed and shown.
    pub email: EmailAddress,
    /// None when the address is contested: there were sign-ups with different passwords, and none of them counts.
    pub password: Option<PasswordHash>,
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
    /// Counts the passwords; sessions of earlier ones are dead.
    pub generation: u64,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Link {
    id: LinkId,
    expires_at: Timestamp,
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
    /// Somebody signs up. Whatever the address is, one link and one letter come of it.
    pub fn sign_up(&mut self, new: Pending, link: LinkId, now: Timestamp) -> Letter {
        if self.verify.is_some_and(|link| link.expires_at <= now) {
            self.pending = None;
        }
        let is_mailed = self.count_sign_up(now);
        if is_mailed {
            self.issue(link, now);
        }
        if self.owner.is_some() {
            return self.notify_owner(link, now);
        }
        // A link proves who reads the mail, not who chose the password: of two passwords neither is trusted.
        let contested = self.pending.as_ref().is_some_and(|earlier| earlier.password != new.password);
        let email = new.email.clone();
        self.pending = Some(Pending { password: new.password.filter(|_| !contested), ..new });
        if is_mailed { Letter::Verify { to: email, link } } else { Letter::Nothing }
    }

    /// Whether a sign-up with this password would change nothing: it is there, or the address is contested anyway.
    #[must_use]
    pub fn has_pending(&self, password: &PasswordHash, now: Timestamp) -> bool {
        let counts = |pending: &Pending| pending.password.as_ref().is_none_or(|earlier| earlier == password);
        self.pending.as_ref().is_some_and(counts) && self.verify.is_some_and(|link| now < link.expires_at)
    }

    /// Makes the account of a pending sign-up without a proof, unless the address is contested.
    pub fn confirm_unproven(&mut self, now: Timestamp) -> Option<Owner> {
        let pending = self.pending.take_if(|pending| pending.password.is_some())?;
        Some(self.own(pending, None, now))
    }

    /// Somebody asks for the mail again.
    ///
    /// # Errors
    /// The seconds to wait.
    pub fn resend(&mut self, link: LinkId, now: Timestamp) -> Result<Letter, i64> {
        if let Some(from) = self.resend_from.filter(|from| *from > now) {
            return Err(from.seconds_from(now));
        }
        if self.verify.is_some_and(|link| link.expires_at + REVIVABLE <= now) {
            self.pending = None;
        }
        self.resend_from = Some(now + RESEND_COOLDOWN);
        self.issue(link, now);
        Ok(match (&self.owner, &self.pending) {
            (Some(owner), _) if owner.password.is_none() => self.offer_password(link, now),
            (None, Some(pending)) => Letter::Verify { to: pending.email.clone(), link },
            _ => Letter::Nothing,
        })
    }

    /// An authentic link is redeemed. `fresh` names the next link, should one be needed.
    pub fn redeem(&mut self, link: LinkId, fresh: LinkId, now: Timestamp) -> Proof {
        if let Some(owner) = self.owner.clone().filter(|owner| owner.verified_by == Some(link)) {
            return Proof::AlreadyVerified(owner);
        }
        let Some(newest) = self.verify.filter(|newest| newest.id == link && self.owner.is_none()) else {
            return Proof::Invalid;
        };
        if newest.expires_at <= now {
            return Proof::Expired;
        }
        let Some(pending) = self.pending.take() else {
            return Proof::Invalid;
        };
        let owner = self.own(pending, Some(link), now);
        let letter = owner.password.is_none().then(|| self.offer_password(fresh, now));
        Proof::Verified(owner, letter)
    }

    /// Whether an authentic link may still set a password.
    #[must_use]
    pub fn may_set_password(&self, link: LinkId, now: Timestamp) -> bool {
        self.set_password.is_some_and(|newest| newest.id == link && now < newest.expires_at) && self.owner.is_some()
    }

    /// Sets the password by an authentic link, which is used up by it; `None` when the link may not.
    /// The sessions of the password before belong to an earlier generation from here on.
    pub fn set_password(&mut self, link: LinkId, password: PasswordHash, now: Timestamp) -> Option<&Owner> {
        if !self.may_set_password(link, now) {
            return None;
        }
        self.set_password = None;
        let owner = self.owner.as_mut()?;
        owner.password = Some(password);
        owner.generation += 1;
        Some(owner)
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

    /// What a stranger may know, or the owner.
    #[must_use]
    pub fn status(&self, is_owner: bool, now: Timestamp) -> Status {
        if let Some(owner) =
            self.owner.as_ref().filter(|owner| is_owner || now < owner.verified_at + VERIFIED_IS_PUBLIC)
        {
            return Status::Verified(owner.verified_at);
        }
        match self.verify {
            Some(link) if now < link.expires_at => Status::Pending(link.expires_at),
            Some(link) if now < link.expires_at + REVIVABLE => Status::Expired(link.expires_at),
            _ => Status::Unknown,
        }
    }

    fn count_sign_up(&mut self, now: Timestamp) -> bool {
        if self.sign_ups_from.is_none_or(|from| from + SIGN_UP_WINDOW <= now) {
            self.sign_ups_from = Some(now);
            self.sign_ups = 0;
        }
        self.sign_ups = self.sign_ups.saturating_add(1);
        self.sign_ups <= SIGN_UPS
    }

    fn issue(&mut self, id: LinkId, now: Timestamp) {
        let expires_at = now + VERIFY_LIFE;
        self.verify = Some(Link { id, expires_at });
        self.ttl = self.owner.is_none().then_some(expires_at + REVIVABLE);
    }

    fn own(&mut self, pending: Pending, verified_by: Option<LinkId>, now: Timestamp) -> Owner {
        let Pending { id, email, password } = pending;
        let owner = Owner { id, email, password, verified_at: now, verified_by, generation: 0 };
        self.owner = Some(owner.clone());
        self.verify = None;
        self.ttl = None;
        owner
    }

    fn notify_owner(&mut self, link: LinkId, now: Timestamp) -> Letter {
        if self.notice_from.is_some_and(|from| now < from) {
            return Letter::Nothing;
        }
        self.notice_from = Some(now + NOTICE_COOLDOWN);
        match &self.owner {
            Some(owner) if owner.password.is_some() => Letter::AlreadyRegistered { to: owner.email.clone() },
            // The offer that is out stays good.
            _ if self.set_password.is_some_and(|offer| now < offer.expires_at) => Letter::Nothing,
            _ => self.offer_password(link, now),
        }
    }

    fn offer_password(&mut self, link: LinkId, now: Timestamp) -> Letter {
        let Some(owner) = &self.owner else {
            return Letter::Nothing;
        };
        self.set_password = Some(Link { id: link, expires_at: now + SET_PASSWORD_LIFE });
        Letter::SetPassword { to: owner.email.clone(), link }
    }
}
