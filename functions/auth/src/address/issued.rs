//! The links of an address: to which spelling each is mailed, what it is good for, and until when.

use std::time::Duration;

use compat::email::EmailAddress;
use serde::{Deserialize, Serialize};
use shared::{
    ids::{AccountId, LinkId},
    language::Language,
    link::LinkPurpose,
    time::Timestamp,
};

/// A link with more time left than this is mailed again when it is asked for again. One with less gets a successor, and stays good for as
/// long as it would have been: nobody can make a link stale that is out.
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
    pub purpose: LinkPurpose,
    /// From this moment on it is good for nothing.
    pub expires_at: Timestamp,
    /// When it was last asked for.
    pub asked_at: Timestamp,
    /// The account that it is about, or that would come into being by it.
    pub account: AccountId,
    /// The version of that account when it was issued, 0 before there is one: a change of the account ends the links of before.
    pub account_version: u64,
    /// Whether somebody has signed up with this very spelling, and not only asked for a letter to it.
    pub is_signed_up: bool,
    /// The language that was wished for with it, and that an account has which comes into being by it.
    pub language: Option<Language>,
}

impl IssuedLink {
    fn is_worth_mailing(&self, now: Timestamp) -> bool {
        now + WORTH_MAILING_AGAIN < self.expires_at
    }

    fn is_like(&self, other: &Self) -> bool {
        self.purpose == other.purpose && self.spelling == other.spelling
    }
}

/// All links of an address, the one that was asked for last at the end. Of one purpose and spelling there are two at most: one that is
/// mailed, and before it one that is about to expire.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct IssuedLinks(Vec<IssuedLink>);

impl IssuedLinks {
    /// Keeps the link that its spelling has for this purpose, if that has time left, else issues `new` after it. Of the links to spellings
    /// other than the one that rows are keyed by, those make room whose spelling was asked for least recently.
    pub fn issue(&mut self, new: IssuedLink, now: Timestamp) {
        let (alike, others): (Vec<_>, Vec<_>) = self.0.drain(..).partition(|link| link.is_like(&new));
        self.0 = others;
        self.make_room_for(&new);
        let version = new.account_version;
        let last = alike.last().filter(|last| last.account_version == version);
        let next = match last {
            Some(last) if last.is_worth_mailing(now) => None,
            Some(last) => Some(IssuedLink {
                account: last.account,
                is_signed_up: last.is_signed_up,
                language: last.language.or(new.language),
                ..new
            }),
            None => Some(new),
        };
        self.0.extend(alike.into_iter().filter(|link| now < link.expires_at && link.account_version == version));
        match (next, self.0.last_mut()) {
            (Some(next), _) => self.0.push(next),
            (None, last) => last.into_iter().for_each(|last| last.asked_at = now),
        }
    }

    fn make_room_for(&mut self, new: &IssuedLink) {
        let is_other = |link: &&IssuedLink| link.purpose == new.purpose && !link.spelling.is_folded();
        let mut spellings: Vec<_> = self.0.iter().filter(is_other).map(|link| link.spelling.clone()).collect();
        spellings.dedup();
        if is_other(&new) && spellings.len() >= OTHER_SPELLINGS {
            self.0.retain(|link| link.purpose != new.purpose || link.spelling != spellings[0]);
        }
    }

    /// The link to this spelling, if it has enough time left to be mailed.
    pub fn mailable(
        &mut self,
        purpose: LinkPurpose,
        spelling: &EmailAddress,
        now: Timestamp,
    ) -> Option<&mut IssuedLink> {
        self.at(purpose, spelling).filter(|link| link.is_worth_mailing(now))
    }

    /// Notes that somebody has signed up with this spelling. After a link that had only been asked for, and has no time left for a letter,
    /// comes `fresh`: until it expires, whoever reads the mail would get none.
    pub fn sign_up(&mut self, spelling: &EmailAddress, now: Timestamp, fresh: impl FnOnce() -> IssuedLink) {
        let Some(link) = self.at(LinkPurpose::VerifyEmail, spelling) else { return };
        if !link.is_signed_up && !link.is_worth_mailing(now) && spelling.is_folded() {
            self.issue(fresh(), now);
        }
        self.at(LinkPurpose::VerifyEmail, spelling).into_iter().for_each(|link| link.is_signed_up = true);
    }

    /// The link of this id, expired or not.
    pub fn find(&self, purpose: LinkPurpose, id: LinkId) -> Option<&IssuedLink> {
        self.of(purpose).find(|link| link.id == id)
    }

    /// The link to this spelling that is mailed, expired or not.
    pub fn to(&self, purpose: LinkPurpose, spelling: &EmailAddress) -> Option<&IssuedLink> {
        self.of(purpose).filter(|link| link.spelling == *spelling).last()
    }

    /// Those that are good for something.
    pub fn good(&self, now: Timestamp) -> impl Iterator<Item = &IssuedLink> {
        self.0.iter().filter(move |link| now < link.expires_at)
    }

    /// When the last link of a purpose expires, or has expired.
    pub fn last_expiry(&self, purpose: LinkPurpose) -> Option<Timestamp> {
        self.of(purpose).map(|link| link.expires_at).max()
    }

    /// Drops the links that had expired before `moment`, or at it.
    pub fn forget(&mut self, moment: Timestamp) {
        self.0.retain(|link| moment < link.expires_at);
    }

    fn of(&self, purpose: LinkPurpose) -> impl Iterator<Item = &IssuedLink> {
        self.0.iter().filter(move |link| link.purpose == purpose)
    }

    fn at(&mut self, purpose: LinkPurpose, spelling: &EmailAddress) -> Option<&mut IssuedLink> {
        self.0.iter_mut().rfind(|link| link.purpose == purpose && link.spelling == *spelling)
    }
}
