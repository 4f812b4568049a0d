//! The rules of one e-mail address: pending sign-up, links, proof, whose it is. Pure: a rule changes the record and says what letter to
//! write; storing both is somebody else's business. What strangers may cause is here; what proves an owner is in `account.rs`.
//!
//! A row is found by the folded address, so different spellings meet in one record. What somebody types is a claim: a spelling counts
//! once a link has come back that was mailed to it.

mod allowance;
mod claim;
mod forgot;
mod issued;
mod letters;
pub mod outstanding;
mod pending_passwords;
pub mod redeem;
mod resend;
pub mod sign_up;
pub mod status;
#[cfg(test)]
mod tests;

use std::time::Duration;

use serde::{Deserialize, Serialize};
use shared::{
    error::Error,
    ids::{AccountId, LinkId},
    link::LinkPurpose,
    time::Timestamp,
};

pub use self::{allowance::Wait, claim::Claimed, letters::Granted};
use self::{
    allowance::{Allowance, Allowances},
    claim::{Claim, Former},
    issued::IssuedLinks,
    pending_passwords::PendingSignUp,
};
use crate::account::Account;

/// A sign-up whose links have expired can be revived by a new link for this long, and what is known of its passwords counts as long.
const REVIVABLE: Duration = Duration::from_hours(24);

/// Everything known of one address but its owner's credentials: one row, so a rule ends in one conditional write.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct AddressRecord {
    /// Counts the writes; a write states the number it has seen.
    pub(crate) version: u64,
    owner: Option<AccountId>,
    /// The account that had the address before, as long as it may have it back: until then the address is nobody else's.
    former: Option<Former>,
    /// By which link the owner has proven the address; none where proof was not asked for.
    verified_by: Option<LinkId>,
    /// Whether that was a sign-up's: somebody may be waiting to hear that it went well. Of an account that has moved here strangers hear
    /// nothing.
    #[serde(default)]
    is_signed_up: bool,
    /// Passwords and links of sign-ups are kept for every address that was asked for, also where there is an account and none is mailed:
    /// what anybody may learn of an address, and what a request costs, depends on these alone.
    pending: Option<PendingSignUp>,
    links: IssuedLinks,
    /// The accounts that are to have this address, once it is proven.
    claims: Vec<Claim>,
    /// Sign-ups and letters that were asked for again, counted for every address alike.
    asked: Allowances,
    /// Links for a new password that were asked for, counted for every address alike.
    forgotten: Allowances,
    /// Claims to the address, counted whether it is free or not.
    claimed: Allowances,
    /// Letters that ask the reader of the usual spelling for a proof.
    letters: Allowance,
    /// Letters that offer a password to who asks for something else.
    offers: Allowance,
    notice_from: Option<Timestamp>,
    /// None once there is an account.
    ttl: Option<Timestamp>,
}

/// Ids for what may come of a request.
#[derive(Clone, Copy)]
pub struct NewIds {
    /// Names the account that may come into being.
    pub account: AccountId,
    /// Names a link that proves the address.
    pub proof: LinkId,
    /// Names a link that sets a password.
    pub offer: LinkId,
}

impl AddressRecord {
    /// The account of the address.
    #[must_use]
    pub const fn owner(&self) -> Option<AccountId> {
        self.owner
    }

    /// Whether the row says whose the address is, or was, and that is this account.
    #[must_use]
    pub fn names(&self, account: AccountId) -> bool {
        self.owner == Some(account) || self.former.is_some_and(|former| former.is_of(account))
    }

    /// What is left of a row that names an account once that is gone; none where there is nothing else in it. Where the account was before,
    /// somebody else may be waiting for a proof of the address.
    #[must_use]
    pub fn without_account(self) -> Option<Self> {
        let is_wanted = self.owner.is_none() && (self.pending.is_some() || !self.claims.is_empty());
        is_wanted.then(|| {
            let mut left = Self { former: None, ..self };
            left.expire();
            left
        })
    }

    /// Whether a sign-up waits for its proof, or has waited in vain.
    #[must_use]
    pub const fn is_pending(&self) -> bool {
        self.pending.is_some()
    }

    /// Drops what can no longer be revived.
    fn forget(&mut self, now: Timestamp) {
        self.links.forget(now - REVIVABLE);
        if self.links.last_expiry(LinkPurpose::VerifyEmail).is_none() {
            self.pending = None;
        }
    }

    /// The row goes by itself when its last link can no longer be revived, no request for a letter counts, and nobody may have the address
    /// or have it back, unless there is an account.
    fn expire(&mut self) {
        let last = self.links.last_expiry(LinkPurpose::VerifyEmail).map(|last| last + REVIVABLE);
        let counts = self.forgotten.counts_until().max(self.claimed.counts_until());
        let kept_for = self.former.map(|former| former.until);
        self.ttl = last.max(counts).max(kept_for).filter(|_| self.owner.is_none());
    }

    /// The address belongs to an account from now on; `verified_by`: the link that has just proven it, if one has. All that was asked for
    /// before is settled by it, a sign-up that waits for its proof too.
    pub fn belong_to(&mut self, account: &Account, verified_by: Option<LinkId>) {
        *self = Self { version: self.version, owner: Some(account.id), verified_by, ..Self::default() };
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
