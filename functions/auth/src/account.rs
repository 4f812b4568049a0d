//! The rules of one account: what proves its owner, and what a link may set. Pure: a rule changes the account; storing it is somebody
//! else's business.
//!
//! Only who has the account's credentials, or a link that was mailed to it, changes its row. What strangers may cause, letters and links,
//! stands with the address (`address/`), so that nobody who asks for them is in the owner's way.

use std::time::Duration;

use compat::email::EmailAddress;
use serde::{Deserialize, Serialize};
use shared::{
    ids::{AccountId, LinkId},
    link::LONGEST_LIFE,
    outbox::NoPassword,
    time::Timestamp,
};

use crate::{address::status::VERIFIED_IS_PUBLIC, password::PasswordHash};

/// Life of a link that sets a password.
pub const SET_PASSWORD_LIFE: Duration = Duration::from_mins(30);
const _: () = assert!(SET_PASSWORD_LIFE.as_secs() <= LONGEST_LIFE.as_secs());

/// Between two letters that tell somebody of a weak password.
const TOLD_OF_WEAKNESS: Duration = Duration::from_hours(180 * 24);

/// An account and what proves its owner: one row.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Account {
    /// Names the account.
    pub id: AccountId,
    /// Counts the changes of what proves the owner. Who makes one, or lets somebody in, states the number that was seen; links are good for
    /// the number under which they were issued.
    pub(crate) version: u64,
    /// The address as it was proven.
    pub address: EmailAddress,
    /// When the address was proven.
    pub verified_at: Timestamp,
    /// None until the owner has set one, where that of the sign-up does not count; and while a reset is under way that others were in the
    /// way of.
    pub password: Option<PasswordHash>,
    /// Why that of the sign-up does not count.
    pub(crate) no_password: Option<NoPassword>,
    /// The link that has set the password; none where the sign-up has.
    pub(crate) password_by: Option<UsedLink>,
    /// When the owner was told of a password that is easy to guess; none where there was no reason to.
    pub(crate) weak_told_at: Option<Timestamp>,
}

/// A link that has set a password.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct UsedLink {
    /// Names the link.
    id: LinkId,
    /// Until then whoever repeats the request, because its answer was lost, is told how it went.
    until: Timestamp,
}

/// What a link that sets a password is good for.
#[derive(Debug)]
pub enum Offer {
    /// The link may set the password.
    Open,
    /// The link has set the password, a short while ago.
    Taken,
    /// The link is good for nothing.
    Void,
}

impl Account {
    /// A new account. Its address was proven just now, or needs no proof.
    #[must_use]
    pub fn new(
        id: AccountId,
        address: EmailAddress,
        password: Result<PasswordHash, NoPassword>,
        now: Timestamp,
    ) -> Self {
        let no_password = password.as_ref().err().copied();
        let (password, password_by, weak_told_at) = (password.ok(), None, None);
        Self { id, version: 1, address, verified_at: now, password, no_password, password_by, weak_told_at }
    }

    /// An account that is brought along from another service, where its address was proven; without a password where that service has given
    /// out none that can be used here. When that proof was, few services tell: long enough ago for no stranger to be told of it here.
    #[must_use]
    pub fn imported(id: AccountId, address: EmailAddress, password: Option<PasswordHash>, now: Timestamp) -> Self {
        let account = Self::new(id, address, Err(NoPassword::OtherSpelling), now - VERIFIED_IS_PUBLIC);
        // Nothing was chosen here that would not count.
        Self { password, no_password: None, ..account }
    }

    /// What an authentic link that sets a password is good for. `version`: the account's when the link was issued, if the address still
    /// has it.
    #[must_use]
    pub fn offer(&self, link: LinkId, version: Option<u64>, now: Timestamp) -> Offer {
        match (&self.password, &self.password_by) {
            (Some(_), Some(used)) if used.id == link && now < used.until => Offer::Taken,
            _ if version == Some(self.version) => Offer::Open,
            _ => Offer::Void,
        }
    }

    /// Whether it is time to tell the owner that the password is easy to guess.
    #[must_use]
    pub fn may_be_told_of_weakness(&self, now: Timestamp) -> bool {
        self.weak_told_at.is_none_or(|told| told + TOLD_OF_WEAKNESS <= now)
    }

    /// Sets the password by an open link. That ends all links of before, this one too.
    pub fn set_password(&mut self, link: LinkId, password: PasswordHash, now: Timestamp) {
        self.version += 1;
        (self.password, self.no_password) = (Some(password), None);
        self.password_by = Some(UsedLink { id: link, until: now + SET_PASSWORD_LIFE });
    }
}
