//! What becomes of reports when an account ends: the law wants them kept for years, for operators alone. So they stay, and go by
//! themselves then. A report that comes in later goes with the others.

use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize, de::IgnoredAny};
use shared::{
    endings::{self, Ending, Part},
    error::Error,
    kyc::KycReport,
    store::{Condition, Put, Update, Written},
    tables::{Row, Rows},
    time::Timestamp,
};

use crate::state::Kyc;

/// The source of what we say ourselves, and its one event.
const SOURCE: &str = "account";
const ENDED: &str = "ended";

/// A report and until when it stays.
#[derive(Serialize)]
struct Kept<'a> {
    #[serde(flatten)]
    report: &'a KycReport,
    ttl: Timestamp,
}

/// A report, and until when it stays where that is settled.
#[derive(Deserialize)]
struct Known {
    #[serde(flatten)]
    report: KycReport,
    ttl: Option<Timestamp>,
}

/// When the account of a user ended, as one of these reports says; none where it has not.
pub fn ended_at(reports: &[KycReport]) -> Option<Timestamp> {
    let ended = reports.iter().find(|report| (report.provider.as_str(), report.event.as_str()) == (SOURCE, ENDED));
    ended.map(|report| report.received_at)
}

impl Kyc {
    /// What the schedule asks for.
    ///
    /// # Errors
    /// Those of [`endings::round`].
    pub(crate) async fn end_accounts(self) -> Result<(), Error> {
        endings::round(&self.app, |ending, end| self.end_account(ending, end)).await
    }

    async fn end_account(&self, ending: Ending, end: Instant) -> Result<(), Error> {
        let Some(begun_at) = ending.awaits(Part::Kyc) else { return Ok(()) };
        let user = ending.account.to_string();
        // First: from here on what comes in sees to itself.
        let ended = ended(begun_at);
        let kept = Kept { report: &ended, ttl: self.kept_until(begun_at) };
        let _always_done = self.app.store.put(Put::new(ended.row(Some(&user)), &kept)?).await?;
        let mut flaw = None;
        for report in self.app.store.each::<Known>(Rows::KycReportsOf(&user)).await? {
            // The rest is for the next round, which passes over what this one has done.
            if Instant::now() >= end {
                return Ok(());
            }
            let expired = match report {
                Ok(Known { ttl: Some(_), .. }) => Ok(()),
                Ok(Known { report, .. }) => self.expire(&user, &report, begun_at).await,
                Err(error) => Err(error),
            };
            flaw = expired.err().or(flaw);
        }
        match flaw {
            Some(error) => Err(error),
            None => ending.done(Part::Kyc, &self.app.store, self.app.clock.now()).await,
        }
    }

    /// A report of a user whose account ended then goes by itself in its time, and so does what is known of its event. It is in one of two
    /// rows, and its claim in another two.
    ///
    /// # Errors
    /// `Contended`, `Unavailable`, `Internal`.
    pub(crate) async fn expire(&self, user: &str, report: &KycReport, ended_at: Timestamp) -> Result<(), Error> {
        let (claim, ttl) = (report.claim(Some(user))?, self.kept_until(ended_at));
        let (provider, event, saying) = (report.provider.as_str(), report.event.as_str(), &claim.saying);
        let rows = [
            (Row::KycClaim { provider, event }, Condition::equals("user", &user)?),
            (Row::OtherKycClaim { provider, event, saying }, Condition::equals("user", &user)?),
            // Last: a report that goes by itself is not looked at again.
            (report.other_row(Some(user), saying), Condition::Exists),
            (report.row(Some(user)), Condition::Exists),
        ];
        for (row, condition) in rows {
            let row = Update::new(row).set("ttl", &ttl)?.when(condition);
            let _done_or_nothing_there: Written<IgnoredAny> = self.app.store.update(row).await?;
        }
        Ok(())
    }

    fn kept_until(&self, ended_at: Timestamp) -> Timestamp {
        ended_at + Duration::from_hours(24 * u64::from(self.config.retention_days))
    }
}

/// What we say of the end of an account among the reports of its user. It changes nothing.
fn ended(at: Timestamp) -> KycReport {
    KycReport {
        provider: SOURCE.to_owned(),
        event: ENDED.to_owned(),
        kind: ENDED.to_owned(),
        session: None,
        level: None,
        status: None,
        obstacle: Some("account_ended".to_owned()),
        ends_approval: false,
        reason: None,
        occurred_ms: None,
        received_at: at,
        body_sha256: String::new(),
    }
}
