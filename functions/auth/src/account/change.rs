//! What changes of an account come to: a password, an address, and the word of the owner that somebody else was at work. Each raises
//! the version, so that all links of before are void, and with them the address that the account was to have next.

use std::time::Duration;

use compat::email::EmailAddress;
use shared::{error::Error, ids::LinkId, link::LONGEST_LIFE, time::Timestamp};

use super::{Account, Due, SET_PASSWORD_LIFE, Undo, UsedLink};
use crate::password::PasswordHash;

/// How long the former address may be taken back. The links in letters to it live as long.
pub const UNDO_LIFE: Duration = LONGEST_LIFE;

impl Account {
    /// Sets the password by an open link. That ends all links of before, this one too. Whoever reads the owner's mail has the account from
    /// now on, so that letters of before save nothing any more. `unix_ms`: the time in milliseconds since 1970.
    pub fn set_password(&mut self, link: LinkId, password: PasswordHash, unix_ms: u64, now: Timestamp) {
        self.change_password(password);
        self.password_by = Some(UsedLink { id: link, until: now + SET_PASSWORD_LIFE });
        self.secured_at = self.secured_at.max(Some(unix_ms));
    }

    /// Sets the password by the word of whoever is signed in and knows the former one.
    pub fn change_password(&mut self, password: PasswordHash) {
        self.version += 1;
        (self.password, self.no_password, self.password_by) = (Some(password), None, None);
    }

    /// The address that the account had before, as long as it may be taken back.
    #[must_use]
    pub fn former(&self, now: Timestamp) -> Option<&Undo> {
        self.undo.as_ref().filter(|undo| now < undo.until)
    }

    /// The account has another address, which was proven just now, and for a while the way back to the one that it had.
    pub fn move_to(&mut self, address: EmailAddress, now: Timestamp) {
        self.version += 1;
        let former = std::mem::replace(&mut self.address, address);
        (self.verified_at, self.next_address) = (now, None);
        self.undo = Some(Undo { former, until: now + UNDO_LIFE });
    }

    /// The owner says, by a link in a letter that told of something, that it was somebody else: no password opens it until a new one is set.
    /// Letters of before have been heeded with this one, it too. `from_former`: the letter went to the former address, which the account gets
    /// back. `unix_ms`: the time in milliseconds since 1970. Tells by what the account was to be deleted, if it was: that is off.
    pub fn disown(&mut self, link: LinkId, from_former: bool, unix_ms: u64, now: Timestamp) -> Option<Due> {
        self.version += 1;
        (self.password, self.no_password, self.password_by) = (None, None, None);
        self.next_address = None;
        // With second factors: one that is being reset stays. With identities: those younger than the change of address go.
        if from_former && let Some(undo) = self.undo.take() {
            (self.address, self.verified_at) = (undo.former, now);
        }
        // Later than the link itself, wherever the clock of its letter's writer stood: it works once.
        self.secured_at = self.secured_at.max(Some(unix_ms.max(link.unix_ms() + 1)));
        self.stay()
    }

    /// Whether a mailed link may still take it back: not once it is being deleted.
    #[must_use]
    pub fn may_be_taken_back(&self) -> bool {
        self.ending.is_none_or(|due| !due.has_begun)
    }

    /// Whether the letter with this link is too old to save anything: the owner has taken the account back since.
    #[must_use]
    pub fn is_heeded(&self, link: LinkId) -> bool {
        self.secured_at.is_some_and(|secured| link.unix_ms() < secured)
    }

    /// A new link for the owner to say that it was somebody else. It is none of before the account was taken back, though clocks differ.
    /// `unix_ms`: the time in milliseconds since 1970.
    ///
    /// # Errors
    /// `Internal` without randomness.
    pub fn not_me_link(&self, unix_ms: u64) -> Result<LinkId, Error> {
        LinkId::at(unix_ms.max(self.secured_at.unwrap_or_default()))
    }
}
