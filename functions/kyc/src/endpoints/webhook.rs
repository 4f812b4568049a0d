//! `POST /api/kyc/webhook` and `POST /api/kyc/webhook/{provider}`: proven first, then read, then kept, once.

use axum::{
    body::Bytes,
    extract::{FromRequest, Path, Request, State},
    http::HeaderMap,
    response::{IntoResponse, Response},
};
use http_body_util::{BodyExt, Limited};
use shared::{
    error::{self, Error},
    http::{Operation, Reply},
    now::Now,
    time::Timestamp,
};

use crate::{
    providers::{self, Provider},
    reports::ReportOutcome,
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
pub async fn webhook(
    State(kyc): State<Kyc>,
    Now(now): Now,
    headers: HeaderMap,
    Raw(body): Raw,
) -> Result<Reply<()>, Error> {
    kyc.take(kyc.usual, &headers, &body, now).await
}

/// Takes a report of the named provider.
pub async fn webhook_of(
    State(kyc): State<Kyc>,
    Path(id): Path<String>,
    Now(now): Now,
    headers: HeaderMap,
    Raw(body): Raw,
) -> Response {
    match providers::find(&id) {
        Some(provider) => kyc.take(provider, &headers, &body, now).await.into_response(),
        None => error::not_found(),
    }
}

impl Kyc {
    /// The answer is 200 and `null` for whatever is authentic: a provider must not send again what we understand no better then.
    async fn take(
        &self,
        provider: &'static Provider,
        headers: &HeaderMap,
        body: &[u8],
        now: Timestamp,
    ) -> Result<Reply<()>, Error> {
        let verified = self.prove(provider, headers, body, now).await?;
        let outcome = match verified.read() {
            Ok(event) => self.keep(provider, &event, &verified, now).await?,
            Err(malformed) => ReportOutcome { word: malformed.as_str(), is_unknown: true },
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
}

pub fn document() -> Operation {
    described(
        "kyc_webhook",
        "Takes a report of the provider that is configured as the usual one. What proves it is the provider's signature, in a \
         header of the provider's own. The bearer token is none of a session here, but the one that the provider was given; where \
         it was given none, it needs none.",
    )
}

pub fn document_of() -> Operation {
    let detail = error::Detail { detail: "Not Found".into() };
    described(
        "kyc_provider_webhook",
        "Takes a report of this provider. What proves it is the provider's signature, in a header of the provider's own, and the \
         bearer token, where the provider was given one.",
    )
        .tag("Identity")
        .path("provider", "The name of the provider")
        .answer(404, "No such provider", &detail)
}

fn described(name: &'static str, description: &'static str) -> Operation {
    Operation::new(name, description).reported().ok(&()).depends()
}
