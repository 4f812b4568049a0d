//! The links of an address: to which spelling each is mailed, what it is good for, and until when.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use shared::{
    email::EmailAddress,
    ids::{AccountId, LinkId},
    link::Purpose,
    time::Timestamp,
};

/// A link with more time left than this is mailed again when it is asked for again: nobody can make a link stale that is out.
const WORTH_MAILING_AGAIN: Duration = Duration::from_mins(15);
/// Links of one purpose to spellings other than the one that rows are keyed by.
const OTHER_SPELLINGS: usize = 4;

/// One link. Those of addresses that get no mail are kept like the others.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct IssuedLink {
    /// Names the link, in its token too.
    pub id: LinkId,
    /// The spelling of the address that it is mailed to. It proves this spelling and no other.
    pub spelling: EmailAddress,
    /// What it may be redeemed for.
    pub purpose: Purpose,
    /// From this moment on it is good for nothing.
    pub expires_at: Timestamp,
    /// When it was last asked for.
    pub asked_at: Timestamp,
    /// The account that it is about, or that would come into being by it.
    pub account: AccountId,
    /// Whether somebody has signed up with this very spelling, and not only asked for a letter to it.
    pub is_signed_up: bool,
}

impl IssuedLink {
    fn is_worth_mailing(&self, now: Timestamp) -> bool {
        now + WORTH_MAILING_AGAIN < self.expires_at
    }
}

/// All links of an address, the one that was asked for last at the end.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct IssuedLinks(Vec<IssuedLink>);

impl IssuedLinks {
    /// Keeps the link that its spelling has for this purpose, if that has time left, else `new` in its place. Of the links to spellings
    /// other than the one that rows are keyed by, the one that was asked for least recently makes room.
    pub fn issue(&mut self, new: IssuedLink, now: Timestamp) {
        let is_same = |link: &IssuedLink| link.purpose == new.purpose && link.spelling == new.spelling;
        let known = self.0.iter().position(is_same).map(|at| self.0.remove(at));
        let is_other = |link: &&IssuedLink| link.purpose == new.purpose && !link.spelling.is_folded();
        if is_other(&&new) && self.0.iter().filter(is_other).count() >= OTHER_SPELLINGS {
            let oldest = self.0.iter().position(|link| is_other(&link));
            oldest.map(|at| self.0.remove(at));
        }
        self.0.push(match known {
            Some(known) if known.is_worth_mailing(now) => IssuedLink { asked_at: now, ..known },
            Some(IssuedLink { account, is_signed_up, .. }) => IssuedLink { account, is_signed_up, ..new },
            None => new,
        });
    }

    /// The link to this spelling, if it has enough time left to be mailed.
    pub fn mailable(&mut self, purpose: Purpose, spelling: &EmailAddress, now: Timestamp) -> Option<&mut IssuedLink> {
        self.at(purpose, spelling).filter(|link| link.is_worth_mailing(now))
    }

    /// Notes that somebody has signed up with this spelling. A link that had only been asked for, and has no time left for a letter, gives
    /// way to `fresh`: until it expires, whoever reads the mail would get none.
    pub fn sign_up(&mut self, spelling: &EmailAddress, now: Timestamp, fresh: impl FnOnce() -> IssuedLink) {
        let Some(link) = self.at(Purpose::VerifyEmail, spelling) else { return };
        if !link.is_signed_up && !link.is_worth_mailing(now) && spelling.is_folded() {
            *link = fresh();
        }
        link.is_signed_up = true;
    }

    /// The link of this id, expired or not.
    pub fn find(&self, purpose: Purpose, id: LinkId) -> Option<&IssuedLink> {
        self.of(purpose).find(|link| link.id == id)
    }

    /// The link to this spelling, expired or not.
    pub fn to(&self, purpose: Purpose, spelling: &EmailAddress) -> Option<&IssuedLink> {
        self.of(purpose).find(|link| link.spelling == *spelling)
    }

    /// When the last link of a purpose expires, or has expired.
    pub fn last_expiry(&self, purpose: Purpose) -> Option<Timestamp> {
        self.of(purpose).map(|link| link.expires_at).max()
    }

    /// Drops the links that had expired before `moment`, or at it.
    pub fn forget(&mut self, moment: Timestamp) {
        self.0.retain(|link| moment < link.expires_at);
    }

    fn of(&self, purpose: Purpose) -> impl Iterator<Item = &IssuedLink> {
        self.0.iter().filter(move |link| link.purpose == purpose)
    }

    fn at(&mut self, purpose: Purpose, spelling: &EmailAddress) -> Option<&mut IssuedLink> {
        self.0.iter_mut().find(|link| link.purpose == purpose && link.spelling == *spelling)
    }
}
