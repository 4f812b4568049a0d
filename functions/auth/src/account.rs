//! The rules of one account: what proves its owner, and what a link may set. Pure: a rule changes the account; storing it is somebody
//! else's business.
//!
//! Only who has the account's credentials, or a link that was mailed to it, changes its row. What strangers may cause, letters and links,
//! stands with the address (`address/`), so that nobody who asks for them is in the owner's way.

mod change;

use std::time::Duration;

use compat::email::EmailAddress;
use serde::{Deserialize, Serialize};
use shared::{
    events::By,
    ids::{AccountId, LinkId},
    language::Language,
    link::LONGEST_LIFE,
    outbox::NoPassword,
    time::Timestamp,
};

pub use self::change::UNDO_LIFE;
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
    /// None until the owner has set one, where that of the sign-up does not count.
    pub password: Option<PasswordHash>,
    /// Why that of the sign-up does not count.
    pub(crate) no_password: Option<NoPassword>,
    /// The link that has set the password; none where the sign-up has.
    pub(crate) password_by: Option<UsedLink>,
    /// When the owner was told of a password that is easy to guess; none where there was no reason to.
    pub(crate) weak_told_at: Option<Timestamp>,
    /// The language that its letters are in.
    #[serde(default)]
    pub language: Language,
    /// Why and since when nobody may sign in; none where the owner may.
    pub(crate) banned: Option<Ban>,
    /// When it is to be deleted; none where it stays.
    pub(crate) ending: Option<Due>,
    /// Through this moment nobody signs in, for somebody has a turn who changes the account ([`Rounds`]); none where nobody needs one.
    ///
    /// [`Rounds`]: crate::session::rounds::Rounds
    #[serde(default)]
    pub(crate) barred_until: Option<Timestamp>,
    /// The link that proves the address which the account is to have next: of several that were asked for the last. The others are void,
    /// for somebody else may be at an address that was mistyped.
    pub(crate) next_address: Option<LinkId>,
    /// The link that has kept it when it was last to be deleted.
    pub(crate) kept_by: Option<LinkId>,
    /// The address that it had before, as long as that may be taken back.
    pub(crate) undo: Option<Undo>,
    /// When the owner last took it back from somebody else, by a mailed link: notices of before save nothing any more. Milliseconds since
    /// 1970, for a notice and the click on its link may be of one second.
    pub(crate) secured_at: Option<u64>,
}

/// An operator has suspended an account.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Ban {
    /// Why: a code of the operators, no words about a person.
    pub reason: String,
    /// Since when.
    pub at: Timestamp,
}

/// An account is to be deleted. The ledger of endings has a row for it.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Due {
    /// When.
    pub at: Timestamp,
    /// At whose word.
    pub by: By,
    /// The link that keeps it.
    pub keep: LinkId,
    /// Whether that has begun: nothing keeps it any more.
    pub has_begun: bool,
}

/// What is left of an account that has been deleted, in the place of its row: nobody else gets its id.
#[derive(Debug, Serialize, Deserialize)]
pub struct Tombstone {
    /// When it was deleted.
    pub ended_at: Timestamp,
}

/// A change of address that can be taken back.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Undo {
    /// The address that the account had.
    pub former: EmailAddress,
    /// Until when.
    pub until: Timestamp,
}

/// Why nobody may sign in to an account, though the password is right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Closed {
    /// An operator has suspended it.
    Banned,
    /// It is to be deleted.
    Ending,
}

/// A link that has set a password.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct UsedLink {
    /// Names the link.
    id: LinkId,
    /// Until then whoever repeats the request, because its answer was lost, is told how it went.
    until: Timestamp,
}

/// What a link that changes an account is good for.
#[derive(Debug)]
pub enum Offer {
    /// The link may be redeemed.
    Open,
    /// The link has been redeemed; of one that sets a password, a short while ago.
    Taken,
    /// The link is good for nothing.
    Void,
}

/// The language of a letter to an address, which may belong to an account.
#[must_use]
pub fn language(account: Option<&Account>) -> Language {
    account.map(|account| account.language).unwrap_or_default()
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
        Self {
            id,
            version: 1,
            address,
            verified_at: now,
            password: password.ok(),
            no_password,
            password_by: None,
            weak_told_at: None,
            language: Language::default(),
            banned: None,
            ending: None,
            barred_until: None,
            next_address: None,
            kept_by: None,
            undo: None,
            secured_at: None,
        }
    }

    /// Why nobody may sign in; none where the owner may.
    #[must_use]
    pub const fn closed(&self) -> Option<Closed> {
        match (&self.banned, &self.ending) {
            (Some(_), _) => Some(Closed::Banned),
            (None, Some(_)) => Some(Closed::Ending),
            (None, None) => None,
        }
    }

    /// Whether nobody signs in at the moment, for somebody changes the account.
    #[must_use]
    pub fn is_barred(&self, now: Timestamp) -> bool {
        self.barred_until.is_some_and(|until| now <= until)
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
    /// has it. Of an account that nobody may sign in to it is good for nothing.
    #[must_use]
    pub fn offer(&self, link: LinkId, version: Option<u64>, now: Timestamp) -> Offer {
        match (&self.password, &self.password_by) {
            _ if self.closed().is_some() => Offer::Void,
            (Some(_), Some(used)) if used.id == link && now < used.until => Offer::Taken,
            _ if version == Some(self.version) => Offer::Open,
            _ => Offer::Void,
        }
    }

    /// Whether it may be deleted now: not while a former address may take it back, or a thief would have that undone by an end; and not twice.
    #[must_use]
    pub fn may_end(&self, now: Timestamp) -> bool {
        self.ending.is_none() && self.former(now).is_none()
    }

    /// It is to be deleted. That ends all links of before.
    pub fn end(&mut self, due: Due) {
        self.version += 1;
        self.ending = Some(due);
    }

    /// What an authentic link that keeps an account is good for: for nothing while operators have suspended it.
    #[must_use]
    pub fn keep_offer(&self, link: LinkId) -> Offer {
        match (&self.ending, self.kept_by) {
            _ if self.banned.is_some() => Offer::Void,
            (Some(due), _) if due.keep == link && !due.has_begun => Offer::Open,
            (None, Some(kept_by)) if kept_by == link => Offer::Taken,
            _ => Offer::Void,
        }
    }

    /// It stays, if it was to be deleted and that has not begun: then what it was to be deleted by goes, too ([`cancelled`]).
    ///
    /// [`cancelled`]: crate::records::ending::cancelled
    pub fn stay(&mut self) -> Option<Due> {
        self.ending.take_if(|due| !due.has_begun)
    }

    /// Whether it is time to tell the owner that the password is easy to guess.
    #[must_use]
    pub fn may_be_told_of_weakness(&self, now: Timestamp) -> bool {
        self.weak_told_at.is_none_or(|told| told + TOLD_OF_WEAKNESS <= now)
    }
}
