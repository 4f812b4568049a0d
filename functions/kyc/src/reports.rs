//! Reports, kept once each, and what each has changed.

use shared::{
    config::Stage,
    error::Error,
    kyc::{KycReport, Standing, claims_of, reports_of, standing},
    store::{Condition, Put, Write, Written},
    tables::Row,
    time::Timestamp,
};

use crate::{
    endings::ended_at,
    providers::{Meaning, Millis, Provider, ProviderEvent, Verified},
    state::Kyc,
};

/// Whether a report was kept and what it changed, in one word of the receiver contract, for the log and the metrics made of it.
pub struct ReportOutcome {
    pub(crate) word: &'static str,
    pub(crate) is_unknown: bool,
}

impl Kyc {
    /// Keeps what the report says. Where the check stands is derived from all of them, so nothing else has to be written.
    ///
    /// # Errors
    /// `Unavailable`, `Internal`.
    pub(crate) async fn keep(
        &self,
        provider: &'static Provider,
        event: &ProviderEvent,
        verified: &Verified<'_>,
        now: Timestamp,
    ) -> Result<ReportOutcome, Error> {
        let meaning = provider.meaning(event);
        let is_play = event.is_test && self.app.config.stage == Stage::Prod;
        let report = report(provider, event, if is_play { Meaning::Ignored } else { meaning }, verified, now);
        let user = event.user.as_deref();
        let word = match (self.put(user, &report).await?, &report.obstacle, user) {
            (Written::Conflict(_), ..) => "duplicate",
            (_, Some(_), _) if is_play => "test_event",
            (_, Some(_), _) => meaning.obstacle().unwrap_or("ignored_event_type"),
            (_, None, None) => "no_user_ref",
            (_, None, Some(user)) => self.effect(user, &report).await,
        };
        let age_s = report.received_at.seconds_from(report.moment());
        tracing::info!(event = "kyc_report_age", provider = provider.id, age_s, "the age of a report");
        Ok(ReportOutcome { word, is_unknown: meaning.is_unknown() })
    }

    /// Keeps a report once: the row is named after the event. What says something else under the same id, or of somebody else, is kept
    /// as well, in a row named after what it says, so that neither hides the other: whoever can lay such rows holds the secret and
    /// could lay as many under new ids. Somebody should look: one of both is wrong.
    async fn put(&self, user: Option<&str>, report: &KycReport) -> Result<Written<()>, Error> {
        let (claim, provider, event) = (report.claim(user)?, report.provider.as_str(), report.event.as_str());
        let place = Put::new(report.row(user), report)?;
        let claimed = Put::new(Row::KycClaim { provider, event }, &claim)?;
        if let Written::Done(()) = self.put_both(place, claimed).await? {
            return Ok(Written::Done(()));
        }
        let claims = claims_of(&self.app.store, provider, event).await?;
        if claims.first().is_some_and(|first| claim.contradicts(first)) {
            tracing::warn!(event = "kyc_contradicted", provider, "a report says something else under a known id");
        }
        if claims.iter().any(|known| known.saying == claim.saying) {
            return Ok(Written::Conflict(None));
        }
        let saying = &claim.saying;
        let place = Put::new(report.other_row(user, saying), report)?;
        let claimed = Put::new(Row::OtherKycClaim { provider, event, saying }, &claim)?;
        self.put_both(place, claimed).await
    }

    /// Writes a report and its claim, or neither.
    async fn put_both(&self, report: Put<'_>, claim: Put<'_>) -> Result<Written<()>, Error> {
        let new = [report, claim].map(|row| Write::Put(row.when(Condition::New)));
        self.app.store.transact(new.into()).await
    }

    /// What the report has changed. It is kept by now, so not knowing is no failure.
    async fn effect(&self, user: &str, report: &KycReport) -> &'static str {
        let Ok(reports) = reports_of(&self.app.store, user).await else { return "kept" };
        if let Some(ended_at) = ended_at(&reports) {
            return match self.expire(user, report, ended_at).await {
                Ok(()) => "account_ended",
                Err(error) => {
                    tracing::error!(?error, "a report of an account that has ended would stay for ever");
                    "kept"
                }
            };
        }
        let Standing { by, .. } = standing(&reports);
        match by {
            Some(by) if by == report => "ok",
            Some(by) if report.counted_ms() > by.counted_ms() && !report.is_of_session_of(by) => "other_session",
            _ => "out_of_order",
        }
    }
}

fn report(
    provider: &Provider,
    event: &ProviderEvent,
    meaning: Meaning,
    verified: &Verified<'_>,
    now: Timestamp,
) -> KycReport {
    let obstacle = meaning.obstacle();
    KycReport {
        provider: provider.id.to_owned(),
        event: event.id.clone(),
        kind: event.kind.clone(),
        session: event.session.clone(),
        level: event.level.clone(),
        status: meaning.status().filter(|_| obstacle.is_none()),
        obstacle: obstacle.map(str::to_owned),
        ends_approval: matches!(meaning, Meaning::ApprovalExpired),
        reason: event.cause.map(|cause| cause.as_str().to_owned()),
        occurred_ms: event.occurred_at.map(Millis::as_ms),
        received_at: now,
        body_sha256: verified.sha256(),
    }
}
