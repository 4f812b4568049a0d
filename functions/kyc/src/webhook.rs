//! `POST /api/kyc/webhook` and `POST /api/kyc/webhook/{provider}`: proven first, then read, then kept, once.

use axum::{
    body::Bytes,
    extract::{FromRequest, Path, Request, State},
    http::HeaderMap,
    response::{IntoResponse, Response},
};
use http_body_util::{BodyExt, Limited};
use shared::{
    config::Stage,
    error::{self, Error},
    http::{Operation, Reply},
    keys::Row,
    kyc::{Claim, Report, Standing, claims_of, reports_of, standing},
    store::{Condition, Put, Write, Written},
    time::Timestamp,
};

use crate::{
    providers::{self, Event, Meaning, Provider, Refusal, Secret, Verified, bearer},
    state::Kyc,
};

/// The largest report that is read. Bytes.
const MAX_REPORT: usize = 256 * 1024;

/// A body as it came, byte for byte.
pub struct Raw(Bytes);

impl<S: Send + Sync> FromRequest<S> for Raw {
    type Rejection = Error;

    async fn from_request(request: Request, _: &S) -> Result<Self, Error> {
        let body = Limited::new(request.into_body(), MAX_REPORT).collect().await;
        body.map(|body| Self(body.to_bytes())).map_err(|_| Error::BodyTooLarge)
    }
}

/// Takes a report of the usual provider.
pub async fn webhook(State(kyc): State<Kyc>, headers: HeaderMap, Raw(body): Raw) -> Result<Reply<()>, Error> {
    kyc.take(kyc.usual, &headers, &body).await
}

/// Takes a report of the named provider.
pub async fn webhook_of(
    State(kyc): State<Kyc>,
    Path(id): Path<String>,
    headers: HeaderMap,
    Raw(body): Raw,
) -> Response {
    match providers::find(&id) {
        Some(provider) => kyc.take(provider, &headers, &body).await.into_response(),
        None => error::not_found(),
    }
}

/// What has become of a report, for the log and the metrics made of it.
struct Outcome {
    word: &'static str,
    is_unknown: bool,
}

impl Kyc {
    /// The answer is 200 and `null` for whatever is authentic: a provider must not send again what we understand no better then.
    async fn take(&self, provider: &'static Provider, headers: &HeaderMap, body: &[u8]) -> Result<Reply<()>, Error> {
        let now = self.app.clock.now();
        let verified = self.prove(provider, headers, body, now).await?;
        let outcome = match verified.read() {
            Ok(event) => self.keep(provider, &event, &verified, now).await?,
            Err(malformed) => Outcome { word: malformed.as_str(), is_unknown: true },
        };
        let (provider, outcome_word) = (provider.id, outcome.word);
        if outcome.is_unknown {
            tracing::warn!(
                event = "kyc_report",
                provider,
                outcome = outcome_word,
                unknown = 1,
                "a report that we do not understand"
            );
        } else {
            tracing::info!(event = "kyc_report", provider, outcome = outcome_word, "a report");
        }
        Ok(Reply::ok(()))
    }

    /// Bytes that a holder of the provider's secret has signed, through the second lock, where there is one.
    async fn prove<'b>(
        &self,
        provider: &'static Provider,
        headers: &HeaderMap,
        body: &'b [u8],
        now: Timestamp,
    ) -> Result<Verified<'b>, Error> {
        let secrets = self.secrets().await?;
        let is_locked = !secrets.token.is_empty() && provider.sends_bearer && !provider.is_proven_by_token();
        let lock = if is_locked { bearer(headers, &secrets.token) } else { Ok(()) };
        let verified = provider.verify(secrets.of(provider, self.usual), headers, body, now);
        let refusal = match (verified, lock) {
            (Ok(verified), Ok(())) => return Ok(verified),
            (Err(refusal), _) | (Ok(_), Err(refusal)) => refusal,
        };
        tracing::warn!(event = "kyc_refused", provider = provider.id, reason = refusal.as_str(), "a report is refused");
        Err(match refusal {
            _ if has_no_credentials(provider, headers, body, now) => Error::NotAuthenticated,
            Refusal::NoSecret => Error::NotSetUp(format!("no secret of {} is configured", provider.id)),
            _ => Error::InvalidSignature,
        })
    }

    /// Keeps what the report says. Where the check stands is derived from all of them, so nothing else has to be written.
    async fn keep(
        &self,
        provider: &'static Provider,
        event: &Event,
        verified: &Verified<'_>,
        now: Timestamp,
    ) -> Result<Outcome, Error> {
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
        Ok(Outcome { word, is_unknown: meaning.is_unknown() })
    }

    /// Keeps a report once: the row is named after the event. What says something else under the same id, or of somebody else, is kept
    /// as well, in a row named after what it says, so that neither hides the other: whoever can lay such rows holds the secret and
    /// could lay as many under new ids. Somebody should look: one of both is wrong.
    async fn put(&self, user: Option<&str>, report: &Report) -> Result<Written<()>, Error> {
        let (claim, provider, event) = (report.claim(user)?, report.provider.as_str(), report.event.as_str());
        let first = (report.row(user), Row::KycClaim { provider, event });
        if let Written::Done(()) = self.put_as(first, report, &claim).await? {
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
        let other = (report.other_row(user, saying), Row::OtherKycClaim { provider, event, saying });
        self.put_as(other, report, &claim).await
    }

    /// Writes a report and its claim, or neither.
    async fn put_as(
        &self,
        (place, claimed): (Row<'_>, Row<'_>),
        report: &Report,
        claim: &Claim,
    ) -> Result<Written<()>, Error> {
        let report = Put::new(place, report)?.when(Condition::New);
        let claim = Put::new(claimed, claim)?.when(Condition::New);
        self.app.store.transact(vec![Write::Put(report), Write::Put(claim)]).await
    }

    /// What the report has changed. It is kept by now, so not knowing is no failure.
    async fn effect(&self, user: &str, report: &Report) -> &'static str {
        let Ok(reports) = reports_of(&self.app.store, user).await else { return "kept" };
        let Standing { by, .. } = standing(&reports);
        match by {
            Some(by) if by == report => "ok",
            Some(by) if report.counted_ms() > by.counted_ms() && !report.is_of_session_of(by) => "other_session",
            _ => "out_of_order",
        }
    }
}

/// Whether nothing at all came that could prove the report, with whatever secret.
fn has_no_credentials(provider: &'static Provider, headers: &HeaderMap, body: &[u8], now: Timestamp) -> bool {
    let any = Secret::new("any".to_owned()).map(|secret| vec![secret]).unwrap_or_default();
    let lacks_signature = matches!(provider.verify(&any, headers, body, now), Err(Refusal::MissingSignature));
    lacks_signature && matches!(bearer(headers, &any), Err(Refusal::MissingSignature))
}

fn report(provider: &Provider, event: &Event, meaning: Meaning, verified: &Verified<'_>, now: Timestamp) -> Report {
    let obstacle = meaning.obstacle();
    Report {
        provider: provider.id.to_owned(),
        event: event.id.clone(),
        kind: event.kind.clone(),
        session: event.session.clone(),
        level: event.level.clone(),
        status: meaning.status().filter(|_| obstacle.is_none()),
        obstacle: obstacle.map(str::to_owned),
        ends_approval: matches!(meaning, Meaning::ApprovalExpired),
        reason: event.cause.map(|cause| cause.as_str().to_owned()),
        occurred_ms: event.occurred_at.map(providers::Millis::as_ms),
        received_at: now,
        body_sha256: verified.sha256(),
    }
}

/// What the OpenAPI document says of `POST /api/kyc/webhook`.
pub fn document() -> Operation {
    described(
        "kyc_webhook",
        "Takes a report of the provider that is configured as the usual one. What proves it is the provider's signature, in a \
         header of the provider's own. The bearer token is none of a session here, but the one that the provider was given; where \
         it was given none, it needs none.",
    )
}

/// What the OpenAPI document says of `POST /api/kyc/webhook/{provider}`.
pub fn document_of() -> Operation {
    let detail = error::Detail { detail: "Not Found" };
    described(
        "kyc_provider_webhook",
        "Takes a report of this provider. What proves it is the provider's signature, in a header of the provider's own, and the \
         bearer token, where the provider was given one.",
    )
        .tag("Identity")
        .path("provider", "Its name")
        .answer(404, "No such provider", &detail)
}

fn described(name: &'static str, description: &'static str) -> Operation {
    Operation::new(name, description).reported().ok(&()).depends()
}
