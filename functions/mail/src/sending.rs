//! One letter: a try to send it, and what comes of a try that did not settle it. Whatever failed, only this letter waits.

use std::time::Duration;

use compat::email::EmailAddress;
use shared::{error::Error, ids::MailId, outbox::Mail, time::Timestamp};

use crate::{
    Postman,
    outbox::{Claimed, Lease},
    render::Rendered,
    ses::NotSent,
    waiting::Waiting,
};

/// A letter that could not be sent for so long is given up. Nobody waits for it any more: the links in letters live for a day at
/// most, and the stream, too, gives up what it cannot hand over for so long.
const LONGEST_WAIT: Duration = Duration::from_hours(23);
/// The wait after a first try that failed. Each later one is twice as long as the one before.
const PAUSE: Duration = Duration::from_mins(1);
/// Waits grow no longer than 2^4 minutes.
const PAUSE_DOUBLINGS: u32 = 4;
/// The reason of a letter that failed because of its address.
const UNDELIVERABLE: &str = "undeliverable";

/// Why a letter is not settled yet.
struct Unsettled {
    /// What went wrong here; nothing did where somebody else is at it.
    cause: Option<Error>,
    /// When the claim on it is over, if there is one: another try before that might be another mail.
    claimed_until: Option<Timestamp>,
}

impl From<Error> for Unsettled {
    fn from(error: Error) -> Self {
        Self { cause: Some(error), claimed_until: None }
    }
}

impl Unsettled {
    fn under(lease: &Lease) -> impl FnOnce(Error) -> Self {
        let until = lease.until();
        move |error| Self { cause: Some(error), claimed_until: Some(until) }
    }

    fn log(&self, letter: MailId) {
        let letter = letter.to_string();
        match &self.cause {
            None => tracing::info!(letter, "another invocation is sending this letter"),
            // Load, that of strangers who sign up as well: no version is to blame.
            Some(Error::Throttled(cause) | Error::Contended(cause)) => {
                tracing::warn!(letter, %cause, "a letter has to wait");
            }
            Some(error) => {
                tracing::warn!(event = "letter_failed", letter, ?error, "a letter has to be tried again");
            }
        }
    }
}

impl Postman {
    /// Tries to send a letter. One that is not settled by that waits, with a row of its own in place of `before`, or is given up.
    ///
    /// # Errors
    /// `Unavailable` or `Internal` when even that could not be written: the letter is where it was.
    pub(crate) async fn attend(&self, mail: &Mail, before: Option<&Waiting>) -> Result<(), Error> {
        match self.deliver(mail).await {
            Ok(()) => self.settle(before).await,
            Err(unsettled) => {
                unsettled.log(mail.id);
                self.put_off(mail.id, mail.letter.kind(), mail.created_at, unsettled.claimed_until, before).await
            }
        }
    }

    /// Puts off a letter that waits and cannot be read, or gives it up when its time is over: a later version may be able to read it.
    ///
    /// # Errors
    /// `Unavailable`, `Internal`.
    pub(crate) async fn attend_unreadable(&self, waiting: &Waiting, cause: Error) -> Result<(), Error> {
        Unsettled::from(cause).log(waiting.letter);
        self.put_off(waiting.letter, "unreadable", waiting.since, None, Some(waiting)).await
    }

    /// Has a letter wait, or gives it up when it has waited for long enough.
    async fn put_off(
        &self,
        letter: MailId,
        kind: &str,
        since: Timestamp,
        claimed_until: Option<Timestamp>,
        before: Option<&Waiting>,
    ) -> Result<(), Error> {
        let (now, end) = (self.clock.now(), since + LONGEST_WAIT);
        if now < end {
            let tries = before.map_or(0, |before| before.tries);
            let pause = now + PAUSE * 2_u32.pow(tries.min(PAUSE_DOUBLINGS));
            let due = claimed_until.unwrap_or(pause).min(end);
            return self.postpone(&Waiting::new(letter, since, due, tries.saturating_add(1)), before).await;
        }
        self.give_up(letter, kind).await?;
        self.settle(before).await
    }

    async fn settle(&self, before: Option<&Waiting>) -> Result<(), Error> {
        match before {
            Some(before) => self.waiting.remove(before).await,
            None => Ok(()),
        }
    }

    async fn postpone(&self, waiting: &Waiting, before: Option<&Waiting>) -> Result<(), Error> {
        match before {
            Some(before) => self.waiting.replace(before, waiting).await,
            None => self.waiting.add(waiting).await,
        }
    }

    async fn give_up(&self, letter: MailId, kind: &str) -> Result<(), Error> {
        if self.outbox.give_up(letter).await? {
            let letter = letter.to_string();
            tracing::error!(event = "mail_given_up", letter, kind, "a letter could not be sent for a day");
        }
        Ok(())
    }

    async fn deliver(&self, mail: &Mail) -> Result<(), Unsettled> {
        let Some((to, rendered)) = self.write(mail).await? else {
            return Ok(());
        };
        match self.outbox.claim(mail.id).await? {
            Claimed::Ours(lease) => self.send(mail, &lease, &to, rendered).await,
            Claimed::Settled => Ok(()),
            Claimed::Theirs { until } => Err(Unsettled { cause: None, claimed_until: until }),
        }
    }

    async fn send(&self, mail: &Mail, lease: &Lease, to: &EmailAddress, rendered: Rendered) -> Result<(), Unsettled> {
        let kind = mail.letter.kind();
        if !to.is_deliverable() {
            // Strangers choose addresses, so this alarms nobody.
            tracing::info!(event = "mail_undeliverable", kind, "SES takes no mail to such an address");
            return self.outbox.failed(lease, UNDELIVERABLE).await.map_err(Unsettled::under(lease));
        }
        match self.ses.send(mail.id, to, rendered).await {
            Ok(message_id) => {
                tracing::info!(event = "mail_sent", kind, message_id, "a letter was sent");
                self.outbox.sent(lease, &message_id).await.map_err(Unsettled::under(lease))
            }
            Err(NotSent::Never(reason)) => {
                tracing::error!(event = "mail_failed", kind, reason, "SES refuses a letter");
                self.outbox.failed(lease, &reason).await.map_err(Unsettled::under(lease))
            }
            Err(NotSent::Yet(error)) => {
                self.outbox.release(lease).await.map_err(Unsettled::under(lease))?;
                Err(error.into())
            }
            Err(NotSent::Perhaps(error)) => Err(Unsettled::under(lease)(error)),
        }
    }
}
