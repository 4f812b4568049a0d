//! Somebody signs up with an address.

use std::time::Duration;

use compat::email::EmailAddress;
use shared::{language::Language, link::LinkPurpose, outbox::Letter, time::Timestamp};

use super::{AddressRecord, NewIds, letters::link_that_proves, pending_passwords::PendingSignUp};
use crate::{account::Account, password::PasswordHash};

/// Requests that began together and that one of them has settled are no further apart.
const A_MOMENT: Duration = Duration::from_mins(1);
/// Between two mails that tell an owner of attempts to sign up again.
const NOTICE_COOLDOWN: Duration = Duration::from_hours(1);

/// Somebody who wants an account.
#[derive(Clone)]
pub struct SignUp {
    /// The address as it was typed, in its normal form.
    pub email: EmailAddress,
    /// The password as sign-ups of one address can be compared by; none for one that is easy to guess.
    pub password: Option<PasswordHash>,
    /// The language that was wished for, if any was.
    pub language: Option<Language>,
}

impl AddressRecord {
    /// Somebody signs up; `account` is the address's own. One link and one letter come of it, whatever the address is, unless too many were
    /// asked for of late. What is known of the passwords changes all the same: a stranger's is none the better for coming late. Nor do
    /// strangers who have asked for letters in vain use up the first letter of whoever reads the usual spelling.
    pub fn sign_up(&mut self, new: &SignUp, account: Option<&Account>, new_ids: &NewIds, now: Timestamp) -> Letter {
        self.forget(now);
        self.pending = Some(PendingSignUp::after(self.pending.take(), new.password.as_ref()));
        let has_room = self.asked.of(&new.email).take(now);
        if has_room {
            self.links.issue(link_that_proves(&new.email, new.language, new_ids, now), now);
        }
        self.links.sign_up(&new.email, now, || link_that_proves(&new.email, new.language, new_ids, now));
        self.expire();
        match (account, has_room) {
            (Some(account), true) => self.notify_owner(account, new_ids, now),
            (None, _) if has_room || new.email.is_folded() => {
                self.mail_proof(&new.email, Some(new_ids.account), new.language, now)
            }
            _ => Letter::Nothing,
        }
    }

    /// Whether a sign-up that others were quicker than would change nothing: its password is no news, and its spelling was signed up with a
    /// moment ago.
    #[must_use]
    pub fn has_pending(&self, new: &SignUp, now: Timestamp) -> bool {
        let is_no_news = self.pending.as_ref().is_some_and(|pending| pending.knows(new.password.as_ref()));
        let link = self.links.to(LinkPurpose::VerifyEmail, &new.email).filter(|_| is_no_news);
        link.is_some_and(|link| link.is_signed_up && now < link.asked_at + A_MOMENT)
    }

    /// Makes the account of a sign-up without a proof, unless the address has one or is contested.
    pub fn confirm_unproven(&mut self, new: &SignUp, new_ids: &NewIds, now: Timestamp) -> Option<Account> {
        match self.pending {
            Some(PendingSignUp::Agreed(_)) if self.is_free(now) => {
                let password = self.pending.take()?.password();
                let mut account = Account::new(new_ids.account, new.email.clone(), password, now);
                account.language = new.language.unwrap_or_default();
                self.belong_to(&account, None);
                self.is_signed_up = true;
                Some(account)
            }
            _ => None,
        }
    }

    /// A letter to the owner: how to choose a password, where there is none yet, else that somebody has tried to sign up, once an hour.
    fn notify_owner(&mut self, account: &Account, new_ids: &NewIds, now: Timestamp) -> Letter {
        if account.password.is_none() {
            return self.offer_password_on_request(account, new_ids.offer, now);
        }
        if self.notice_from.is_some_and(|from| now < from) {
            return Letter::Nothing;
        }
        self.notice_from = Some(now + NOTICE_COOLDOWN);
        Letter::AlreadyRegistered { to: account.address.clone() }
    }
}
