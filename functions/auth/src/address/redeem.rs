//! A link comes back.

use shared::{
    ids::{AccountId, LinkId},
    link::LinkPurpose,
    outbox::{Letter, NoPassword},
    time::Timestamp,
};

use super::AddressRecord;
use crate::account::Account;

/// What redeeming a link that proves an address comes to.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "one of a request, and never kept")]
pub enum Redeemed {
    /// There is an account now; one without a password still needs it, by this letter.
    Verified(Account, Option<Letter>),
    /// The account was there already, by this very link.
    AlreadyVerified(AccountId),
    /// The link is too old.
    Expired,
    /// Another link has replaced it, or the sign-up is gone.
    Invalid,
}

impl AddressRecord {
    /// An authentic link is redeemed: the spelling that it was mailed to becomes the address of the account. `offer` names the next link,
    /// should one be needed.
    pub fn redeem(&mut self, link: LinkId, offer: LinkId, now: Timestamp) -> Redeemed {
        self.forget(now);
        if let Some(owner) = self.owner.filter(|_| self.verified_by == Some(link)) {
            return Redeemed::AlreadyVerified(owner);
        }
        let Some(link) = self.links.find(LinkPurpose::VerifyEmail, link).filter(|_| self.is_free(now)).cloned() else {
            return Redeemed::Invalid;
        };
        if link.expires_at <= now {
            return Redeemed::Expired;
        }
        let Some(pending) = self.pending.take() else {
            return Redeemed::Invalid;
        };
        // Who has only asked for a letter to this spelling has chosen no password: the one that is known is somebody else's.
        let password = if link.is_signed_up { pending.password() } else { Err(NoPassword::OtherSpelling) };
        let mut account = Account::new(link.account, link.spelling, password, now);
        account.language = link.language.unwrap_or_default();
        self.belong_to(&account, Some(link.id));
        self.is_signed_up = true;
        let letter = account.password.is_none().then(|| self.offer_password(&account, offer, now));
        Redeemed::Verified(account, letter)
    }

    /// The version of the account that a link may set a password of; none if it is not out, or has expired.
    #[must_use]
    pub fn offered(&self, link: LinkId, now: Timestamp) -> Option<u64> {
        let known = self.links.find(LinkPurpose::SetPassword, link).filter(|known| now < known.expires_at);
        known.map(|known| known.account_version)
    }
}
