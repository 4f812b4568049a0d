//! The letters that carry links: to whom, and whether one is due.

use std::time::Duration;

use compat::email::EmailAddress;
use shared::{
    ids::{AccountId, LinkId},
    language::Language,
    link::{LONGEST_LIFE, LinkPurpose},
    outbox::Letter,
    time::Timestamp,
};

use super::{AddressRecord, NewIds, Wait, issued::IssuedLink};
use crate::account::{Account, SET_PASSWORD_LIFE};

/// Life of a link that proves an address.
pub const VERIFY_LIFE: Duration = Duration::from_hours(24);
const _: () = assert!(VERIFY_LIFE.as_secs() <= LONGEST_LIFE.as_secs());

/// A letter that somebody may ask for.
pub struct Granted {
    /// What to write.
    pub letter: Letter,
    /// When the next may be asked for.
    pub next: Wait,
}

impl AddressRecord {
    /// The language of a letter about this spelling, whether there is one or not: that of the account, else the one that was wished for
    /// with the sign-up, else the one that is `asked` for now.
    #[must_use]
    pub fn language(&self, email: &EmailAddress, account: Option<&Account>, asked: Option<Language>) -> Language {
        if let Some(account) = account {
            return account.language;
        }
        let wished = self.links.to(LinkPurpose::VerifyEmail, email).and_then(|link| link.language);
        wished.or(asked).unwrap_or_default()
    }

    /// The letter with the link to this spelling; `account` is the id that a sign-up was told, `language` the one that it was made in. Where an
    /// account may have the address back, nobody gets one: it would prove nothing.
    pub(super) fn mail_proof(
        &mut self,
        email: &EmailAddress,
        account: Option<AccountId>,
        language: Option<Language>,
        now: Timestamp,
    ) -> Letter {
        if !self.is_free(now) {
            return Letter::Nothing;
        }
        let Some(link) = self.links.mailable(LinkPurpose::VerifyEmail, email, now) else { return Letter::Nothing };
        if email.is_folded() && !self.letters.take(now) {
            return Letter::Nothing;
        }
        link.account = account.unwrap_or(link.account);
        link.language = language.or(link.language);
        Letter::Verify { to: link.spelling.clone(), link: link.id, expires_at: link.expires_at }
    }

    /// The letter with the link that sets a password. What others ask for is counted, whichever spelling they type: it goes to the owner's
    /// own.
    pub(super) fn offer_password_on_request(&mut self, account: &Account, link: LinkId, now: Timestamp) -> Letter {
        if self.offers.take(now) { self.offer_password(account, link, now) } else { Letter::Nothing }
    }

    /// The letter with the link that sets a password; a link that is out and has time left is mailed again, unless the
    /// account has changed since. Who may not sign in gets none.
    pub fn offer_password(&mut self, account: &Account, id: LinkId, now: Timestamp) -> Letter {
        if account.closed().is_some() {
            return Letter::Nothing;
        }
        let link = IssuedLink {
            id,
            spelling: account.address.clone(),
            purpose: LinkPurpose::SetPassword,
            expires_at: now + SET_PASSWORD_LIFE,
            asked_at: now,
            account: account.id,
            account_version: account.version,
            is_signed_up: false,
            language: None,
        };
        self.links.issue(link, now);
        let link = self.links.mailable(LinkPurpose::SetPassword, &account.address, now);
        link.map_or(Letter::Nothing, |link| Letter::SetPassword {
            to: link.spelling.clone(),
            link: link.id,
            expires_at: link.expires_at,
            because: account.no_password,
        })
    }
}

/// A new link that proves this spelling.
pub fn link_that_proves(
    email: &EmailAddress,
    language: Option<Language>,
    new_ids: &NewIds,
    now: Timestamp,
) -> IssuedLink {
    IssuedLink {
        id: new_ids.proof,
        spelling: email.clone(),
        purpose: LinkPurpose::VerifyEmail,
        expires_at: now + VERIFY_LIFE,
        asked_at: now,
        account: new_ids.account,
        account_version: 0,
        is_signed_up: false,
        language,
    }
}
