//! The life of a letter: pending → claimed → sent or failed, and bounced, complained or rejected when SES reports so. A conditional
//! update is what keeps two tries at once from becoming two mails, and a report from being undone.

use std::time::Duration;

use serde::{Deserialize, Serialize, de::IgnoredAny};
use shared::{
    error::Error,
    ids::{AttemptId, MailId},
    outbox::MailStatus,
    store::{Condition, Store, Update, Written},
    tables::Row,
    time::{Clock, Timestamp},
};

use crate::feedback::{Outcome, Reported};

/// A first claim lasts so long: longer than the function may run. Each later one lasts twice as long as the one before, so that a
/// letter whose answer is lost again and again is sent a few times and not a thousand.
const LEASE: Duration = Duration::from_secs(90);
/// The reason of a letter that failed because it could not be sent in time.
const GIVEN_UP: &str = "given-up";
/// Claims grow no longer than 90 s × 2^8, about six hours.
const LEASE_DOUBLINGS: u32 = 8;

/// Whose a letter is.
#[derive(Debug)]
pub enum Claimed {
    /// This invocation's, to send.
    Ours(Lease),
    /// Another invocation's, which is sending it now or may have sent it.
    Theirs {
        /// When the lease is over, if there still is one.
        until: Option<Timestamp>,
    },
    /// Nobody's any more: sent, failed or forgotten.
    Settled,
}

/// The right to send a letter, until it is settled or the lease is over.
#[derive(Debug)]
pub struct Lease {
    id: MailId,
    /// Tells this claim from every other one.
    by: AttemptId,
    until: Timestamp,
}

impl Lease {
    /// When the lease is over, and somebody else may send the letter.
    pub const fn until(&self) -> Timestamp {
        self.until
    }
}

/// The Mail table, seen from this function.
pub struct Outbox {
    store: Store,
    clock: Clock,
}

#[derive(Deserialize)]
struct Standing {
    status: MailStatus,
    claimed_by: Option<AttemptId>,
    claimed_until: Option<Timestamp>,
    #[serde(default)]
    claims: u32,
    reason: Option<String>,
}

/// What became of one try to claim a letter.
enum Try {
    /// The claim is ours.
    Claimed(Lease),
    /// The letter stands otherwise than the try took for granted.
    Missed(Standing),
    /// There is no such letter.
    Gone,
}

impl From<Try> for Claimed {
    fn from(tried: Try) -> Self {
        match tried {
            Try::Claimed(lease) => Self::Ours(lease),
            Try::Missed(Standing { status: MailStatus::Claimed, claimed_until: until, .. }) => Self::Theirs { until },
            // Let go of again, just now.
            Try::Missed(Standing { status: MailStatus::Pending, .. }) => Self::Theirs { until: None },
            Try::Missed(_) | Try::Gone => Self::Settled,
        }
    }
}

/// The gravest of what SES has reported of a letter.
#[derive(Deserialize)]
struct Gravest {
    gravity: u8,
}

impl Outbox {
    /// Over a table.
    pub const fn new(store: Store, clock: Clock) -> Self {
        Self { store, clock }
    }

    /// Claims a letter for this invocation.
    ///
    /// # Errors
    /// `Unavailable`, `Internal`.
    pub async fn claim(&self, id: MailId) -> Result<Claimed, Error> {
        let pending = Update::new(Row::Mail(id)).when(Condition::equals("status", &MailStatus::Pending)?);
        match self.try_claim(id, 0, pending).await? {
            Try::Missed(Standing { status: MailStatus::Claimed, claimed_until: Some(until), claims, .. })
                if until <= self.clock.now() =>
            {
                let stale = Update::new(Row::Mail(id))
                    .when(Condition::equals("status", &MailStatus::Claimed)?)
                    .when(Condition::equals("claimed_until", &until)?);
                Ok(self.try_claim(id, claims, stale).await?.into())
            }
            tried => Ok(tried.into()),
        }
    }

    async fn try_claim(&self, id: MailId, claims_before: u32, update: Update<'_>) -> Result<Try, Error> {
        let by = AttemptId::random()?;
        let until = self.clock.now() + LEASE * 2_u32.pow(claims_before.min(LEASE_DOUBLINGS));
        let claim = update
            .set("status", &MailStatus::Claimed)?
            .set("claimed_by", &by)?
            .set("claimed_until", &until)?
            .count("claims");
        let there: Standing = match self.store.update::<Standing>(claim).await? {
            Written::Done(_) => return Ok(Try::Claimed(Lease { id, by, until })),
            Written::Conflict(None) => return Ok(Try::Gone),
            Written::Conflict(Some(row)) => row.read()?,
        };
        // The answer to our own claim may have been lost and the claim been sent again.
        let is_ours = there.status == MailStatus::Claimed && there.claimed_by == Some(by);
        Ok(if is_ours { Try::Claimed(Lease { id, by, until }) } else { Try::Missed(there) })
    }

    /// SES has taken it.
    ///
    /// # Errors
    /// `Unavailable`, `Internal`.
    pub async fn sent(&self, lease: &Lease, message_id: &str) -> Result<(), Error> {
        self.settle(lease, MailStatus::Sent, "message_id", &Some(message_id)).await
    }

    /// SES will never take it.
    ///
    /// # Errors
    /// `Unavailable`, `Internal`.
    pub async fn failed(&self, lease: &Lease, reason: &str) -> Result<(), Error> {
        self.settle(lease, MailStatus::Failed, "reason", &Some(reason)).await
    }

    /// It was tried for long enough. Tells whether that is how it ends: it may be settled by now. A row that cannot say so is not.
    ///
    /// # Errors
    /// `Unavailable`, `Internal`.
    pub async fn give_up(&self, id: MailId) -> Result<bool, Error> {
        let update = Update::new(Row::Mail(id))
            .set("status", &MailStatus::Failed)?
            .set("reason", &GIVEN_UP)?
            .when(Condition::one_of("status", &[MailStatus::Pending, MailStatus::Claimed])?);
        Ok(match self.store.update::<IgnoredAny>(update).await? {
            Written::Done(_) => true,
            Written::Conflict(None) => false,
            // The answer may have been lost and the update been sent again.
            Written::Conflict(Some(row)) => {
                row.read::<Standing>().map_or(true, |there| there.reason.as_deref() == Some(GIVEN_UP))
            }
        })
    }

    /// SES did not take it; whoever tries next need not wait for the lease.
    ///
    /// # Errors
    /// `Unavailable`, `Internal`.
    pub async fn release(&self, lease: &Lease) -> Result<(), Error> {
        self.settle(lease, MailStatus::Pending, "claims", &None::<u32>).await
    }

    async fn settle(
        &self,
        lease: &Lease,
        status: MailStatus,
        with: &'static str,
        value: &impl Serialize,
    ) -> Result<(), Error> {
        let update = Update::new(Row::Mail(lease.id))
            .set("status", &status)?
            .set(with, value)?
            .when(Condition::equals("status", &MailStatus::Claimed)?)
            .when(Condition::equals("claimed_by", &lease.by)?);
        // A claim that somebody has taken over is theirs to settle, and what SES has reported already stands.
        let _ours_or_theirs: Written<Standing> = self.store.update(update).await?;
        Ok(())
    }

    /// Notes what SES reports of a letter. Reports come late, twice and in any order, perhaps before the try that sent the letter is
    /// settled: the gravest one stands. Tells whether this one says something new; of a letter that is forgotten every one does.
    ///
    /// # Errors
    /// `Unavailable`, `Internal`.
    pub async fn report(&self, mail: &Reported, outcome: Outcome) -> Result<bool, Error> {
        let gravity = outcome.gravity();
        let update = Update::new(Row::Mail(mail.letter()))
            .set("status", &outcome.status())?
            .set("bounce", &outcome.bounce())?
            .set("gravity", &gravity)?
            .set("reported_at", &self.clock.now())?
            .set("message_id", &mail.message_id)?
            .when(Condition::Exists)
            .when(Condition::below("gravity", &gravity)?);
        Ok(match self.store.update::<Gravest>(update).await? {
            Written::Done(_) | Written::Conflict(None) => true,
            Written::Conflict(Some(row)) => row.read::<Gravest>()?.gravity != gravity,
        })
    }
}
