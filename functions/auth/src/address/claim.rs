//! An account is to have this address, or had it before.
//!
//! Anybody who is signed in may claim any address. A claim costs its reader a letter, and those are counted: five within an hour to the
//! spelling that rows are keyed by, and five to all others together. A claim lives for that hour, so there are never more than ten, and
//! none has to give way: nobody makes another's stale. Who has many accounts can use up the letters of an address for an hour, at a price:
//! an account has five requests a day.

use std::time::Duration;

use compat::email::EmailAddress;
use serde::{Deserialize, Serialize};
use shared::{
    ids::{AccountId, LinkId},
    link::LONGEST_LIFE,
    outbox::Letter,
    time::Timestamp,
};

use super::{AddressRecord, Wait};
use crate::account::Account;

/// Life of a link that proves the address that an account is to have.
pub const CLAIM_LIFE: Duration = Duration::from_hours(1);
const _: () = assert!(CLAIM_LIFE.as_secs() <= LONGEST_LIFE.as_secs());
/// A link with more time left than this is mailed again when its account asks for it again.
const WORTH_MAILING_AGAIN: Duration = Duration::from_mins(15);

/// An account that is to have the address once the link has come back.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Claim {
    /// Names the link.
    id: LinkId,
    /// The spelling that it is mailed to, which is what the account will have.
    pub spelling: EmailAddress,
    /// Which account.
    pub account: AccountId,
    /// Its version when this was asked for: any change of what proves its owner ends the claim.
    pub account_version: u64,
    expires_at: Timestamp,
}

/// An account that had the address before.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Former {
    account: AccountId,
    pub(super) until: Timestamp,
}

impl Claim {
    /// Until when its link is good, if it is.
    pub(super) fn good_until(&self, now: Timestamp) -> Option<Timestamp> {
        Some(self.expires_at).filter(|until| now < *until)
    }
}

impl Former {
    /// Whether it is this one.
    pub(super) fn is_of(&self, account: AccountId) -> bool {
        self.account == account
    }
}

/// A claim that was noted.
pub struct Claimed {
    /// What to write to the address.
    pub letter: Letter,
    /// The link that the claim is made good by.
    pub link: LinkId,
}

impl AddressRecord {
    /// Whether the address is nobody's, and nobody may have it back.
    #[must_use]
    pub fn is_free(&self, now: Timestamp) -> bool {
        self.owner.is_none() && self.former(now).is_none()
    }

    /// The account that had the address before and may have it back.
    #[must_use]
    pub fn former(&self, now: Timestamp) -> Option<AccountId> {
        self.former.filter(|former| now < former.until).map(|former| former.account)
    }

    /// An account asks for this address in this spelling. All of it is the same whosever the address is, but for the letter. A sign-up that
    /// waits for its proof goes on waiting.
    ///
    /// # Errors
    /// When it may be asked for. Nothing has changed.
    pub fn claim(
        &mut self,
        email: &EmailAddress,
        account: &Account,
        link: LinkId,
        now: Timestamp,
    ) -> Result<Claimed, Wait> {
        self.claimed.of(email).take_again(now)?;
        self.forget(now);
        self.claims.retain(|claim| now < claim.expires_at);
        let is_like = |claim: &&Claim| {
            (claim.account, claim.account_version, &claim.spelling) == (account.id, account.version, email)
        };
        let last = self.claims.iter().rfind(is_like).filter(|last| now + WORTH_MAILING_AGAIN < last.expires_at);
        let claim = last.cloned().unwrap_or_else(|| Claim {
            id: link,
            spelling: email.clone(),
            account: account.id,
            account_version: account.version,
            expires_at: now + CLAIM_LIFE,
        });
        if claim.id == link {
            self.claims.push(claim.clone());
        }
        self.expire();
        let Claim { id: link, spelling: to, expires_at, .. } = claim;
        let letter = if self.is_free(now) { Letter::ChangeEmail { to, link, expires_at } } else { Letter::Nothing };
        Ok(Claimed { letter, link })
    }

    /// The claim that an authentic link makes good, as long as the address is free for it.
    #[must_use]
    pub fn claim_by(&self, link: LinkId, now: Timestamp) -> Option<&Claim> {
        let claim = self.claims.iter().find(|claim| claim.id == link && now < claim.expires_at);
        claim.filter(|_| self.is_free(now))
    }

    /// Whose the address has become by this very link.
    #[must_use]
    pub fn owner_by(&self, link: LinkId) -> Option<AccountId> {
        self.owner.filter(|_| self.verified_by == Some(link))
    }

    /// The account has another address now, and may have this one back until then.
    pub fn keep_for(&mut self, account: AccountId, until: Timestamp) {
        let former = Some(Former { account, until });
        *self = Self { version: self.version, former, ttl: Some(until), ..Self::default() };
    }

    /// The address is nobody's from now on.
    pub fn let_go(&mut self, now: Timestamp) {
        *self = Self { version: self.version, ttl: Some(now), ..Self::default() };
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::account::Account;

    fn accounts() -> Vec<Account> {
        let password = || Err(shared::outbox::NoPassword::Weak);
        let address = |number| EmailAddress::parse(&format!("account-{number}@example.com")).unwrap();
        let now = Timestamp::from_second(0);
        (0..4).map(|number| Account::new(AccountId::random().unwrap(), address(number), password(), now)).collect()
    }

    /// Whoever asks for an address, in whichever spelling and how often: it gets ten letters an hour, and each link that has gone out is good
    /// for its hour.
    fn holds(requests: &[(usize, usize, u64)]) {
        let accounts = accounts();
        let spellings =
            ["ada@example.com", "Ada@example.com", "ADA@example.com"].map(|text| EmailAddress::parse(text).unwrap());
        let (mut record, mut now) = (AddressRecord::default(), Timestamp::from_second(1_000_000));
        let mut mailed: Vec<(LinkId, AccountId, Timestamp)> = Vec::new();
        let mut letters = Vec::new();
        for (account, spelling, minutes) in requests {
            now = now + Duration::from_mins(*minutes);
            let account = &accounts[*account];
            if let Ok(claimed) = record.claim(&spellings[*spelling], account, LinkId::random().unwrap(), now) {
                let Letter::ChangeEmail { to, link, expires_at } = claimed.letter else { panic!("nobody has it") };
                assert_eq!((&to, link), (&spellings[*spelling], claimed.link));
                assert!(now + WORTH_MAILING_AGAIN < expires_at && expires_at <= now + CLAIM_LIFE);
                mailed.push((link, account.id, expires_at));
                letters.push(now);
            }
            assert!(letters.iter().filter(|at| now < **at + CLAIM_LIFE).count() <= 10);
            assert!(record.claims.len() <= 10, "{}", record.claims.len());
            for (link, account, expires_at) in &mailed {
                let claim = record.claim_by(*link, now);
                assert_eq!(claim.map(|claim| claim.account), (now < *expires_at).then_some(*account));
            }
        }
    }

    proptest! {
        #[test]
        fn no_claim_is_made_stale(requests in prop::collection::vec((0..4_usize, 0..3_usize, 0..20_u64), 0..80)) {
            holds(&requests);
        }
    }
}
