//! Plays the identity providers: makes up what one would report, signs it as that one does, and sends it to the functions.

mod samples;
mod signing;

use std::collections::BTreeMap;
use std::time::Duration;

use aws_lc_rs::digest;
use aws_sdk_dynamodb::config::{Credentials, Region};
use axum::body::Bytes;
use axum::http::{Request, StatusCode, header};
use http_body_util::Full;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use jiff::Timestamp;
use kyc::providers::{ALL, KycStatus, Provider, find};
use serde::{Deserialize, Serialize};
use shared::kyc::{reports_of, standing};
use shared::store::Store;
use shared::time::Clock;

pub use signing::sign;

/// Longer than a function may take, its start included.
const ANSWER_LIMIT: Duration = Duration::from_secs(30);

/// What somebody wants a provider to report.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Wanted {
    /// The provider's name in paths.
    pub(crate) provider: String,
    pub(crate) status: KycStatus,
    /// Our id of the user.
    pub(crate) user: String,
    /// The provider's id of the session; one for all reports of the provider if it is left out.
    pub(crate) session: Option<String>,
    /// When it happened; now, if it is left out. A report that differs in nothing, its moment included, is its event sent again.
    pub(crate) occurred_at: Option<Timestamp>,
}

/// What a report has led to.
#[derive(Serialize)]
pub(crate) struct Reported {
    /// The status code of the functions' answer.
    pub(crate) answer: u16,
    /// Where the user's check stands now.
    pub(crate) status: KycStatus,
}

/// What a provider can report.
#[derive(Serialize)]
pub(crate) struct Sayable {
    /// Its name in paths.
    pub(crate) provider: &'static str,
    /// Its name for people.
    pub(crate) name: &'static str,
    pub(crate) statuses: Vec<KycStatus>,
}

/// Why nothing could be reported.
pub(crate) enum Trouble {
    /// The request asks for what does not exist.
    Unsayable(&'static str),
    /// The functions or the table do not answer.
    Silence(String),
}

/// What it takes to report as identity providers do.
#[derive(Clone)]
pub struct Identity {
    /// Base URL of the functions that are told.
    pub api: String,
    /// For each provider the secrets that prove its reports, newest first, in the clear.
    pub secrets: BTreeMap<String, Vec<String>>,
    /// The bearer token that providers must show besides, where there is one.
    pub token: Option<String>,
}

/// Where the tables of the functions are.
pub struct Tables<'a> {
    /// Base URL of the database, past the door of the local AWS: what a person looks at here is no call of a function.
    pub database: &'a str,
    /// The region that the functions use.
    pub region: &'a str,
    /// First part of the tables' names.
    pub prefix: &'a str,
}

/// The providers, with their secrets.
pub struct Reporter {
    identity: Identity,
    http: Client<HttpConnector, Full<Bytes>>,
    store: Store,
    clock: Clock,
}

impl Reporter {
    /// Looks into `tables` for what a report has changed. The clock must be that of the functions.
    pub async fn new(identity: Identity, clock: Clock, tables: &Tables<'_>) -> Self {
        let http = Client::builder(TokioExecutor::new()).build_http();
        Self { identity, http, store: tables.store().await, clock }
    }

    /// The providers whose secrets are known.
    pub(crate) fn sayable(&self) -> Vec<Sayable> {
        let known = ALL.into_iter().filter(|provider| self.secret(provider).is_some());
        known
            .map(|provider| Sayable {
                provider: provider.id,
                name: provider.name,
                statuses: samples::statuses(provider.id),
            })
            .collect()
    }

    /// Sends one report, and looks what it has changed.
    pub(crate) async fn send(&self, wanted: &Wanted) -> Result<Reported, Trouble> {
        let request = self.request(wanted)?;
        let answer = self.answer(request).await?;
        if answer == StatusCode::BAD_GATEWAY {
            return Err(Trouble::Silence("the function does not answer; its reason stands in its log".to_owned()));
        }
        let reports = reports_of(&self.store, &wanted.user).await;
        let reports = reports.map_err(|_| Trouble::Silence("the table Kyc cannot be read".to_owned()))?;
        Ok(Reported { answer: answer.as_u16(), status: standing(&reports).status })
    }

    async fn answer(&self, request: Request<Bytes>) -> Result<StatusCode, Trouble> {
        let url = request.uri().to_string();
        let answer = tokio::time::timeout(ANSWER_LIMIT, self.http.request(request.map(Full::new))).await;
        match answer {
            Ok(Ok(answer)) => Ok(answer.status()),
            Ok(Err(error)) => Err(Trouble::Silence(format!("{url} cannot be reached: {error}"))),
            Err(_) => Err(Trouble::Silence(format!("{url}: no answer within {} s", ANSWER_LIMIT.as_secs()))),
        }
    }

    fn request(&self, wanted: &Wanted) -> Result<Request<Bytes>, Trouble> {
        let provider = find(&wanted.provider).ok_or(Trouble::Unsayable("there is no such provider"))?;
        let secret = self.secret(provider).ok_or(Trouble::Unsayable("no secret of this provider is known"))?;
        if wanted.user.is_empty() {
            return Err(Trouble::Unsayable("whose check it is must be said"));
        }
        let body = body(provider, wanted, &self.clock)
            .ok_or(Trouble::Unsayable("the provider has no word for this status"))?;
        // Providers sign the moment at which they send, whenever it happened.
        let sent_at = self.clock.now();
        let mut request = Request::post(format!("{}/api/kyc/webhook/{}", self.identity.api, provider.id))
            .header(header::CONTENT_TYPE, "application/json");
        let proof = sign(provider.id, secret, body.as_bytes(), sent_at);
        for (name, value) in proof.ok_or(Trouble::Unsayable("how the provider signs is not known"))? {
            request = request.header(name, value);
        }
        if let Some(token) = self.identity.token.as_ref().filter(|_| is_locked(provider)) {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        request.body(body.into()).map_err(|error| Trouble::Silence(format!("the request cannot be made: {error}")))
    }

    /// The newest one, as the function has it.
    fn secret(&self, provider: &Provider) -> Option<&String> {
        let own = self.identity.secrets.get(provider.id).and_then(|secrets| secrets.first());
        let token = self.identity.token.as_ref().filter(|_| provider.is_proven_by_token());
        own.or(token).filter(|secret| !secret.trim().is_empty())
    }
}

/// Whether it shows the token besides its signature.
fn is_locked(provider: &Provider) -> bool {
    provider.sends_bearer && !provider.is_proven_by_token()
}

fn body(provider: &Provider, wanted: &Wanted, clock: &Clock) -> Option<String> {
    let now = || i64::try_from(clock.unix_ms()).ok().and_then(|ms| Timestamp::from_millisecond(ms).ok());
    let occurred_at = wanted.occurred_at.or_else(now)?;
    let given = wanted.session.as_deref().filter(|session| !session.is_empty());
    let usual = format!("{}-session", provider.id);
    let session = given.unwrap_or(&usual);
    let Wanted { status, user, .. } = wanted;
    let parts = [provider.id, status.as_str(), user, session, &occurred_at.as_millisecond().to_string()];
    let facts = samples::Facts { event: &event(&parts), user, session, occurred_at };
    samples::body(provider.id, *status, &facts)
}

/// An id that an event keeps when it is sent again, in the form that most providers use.
fn event(parts: &[&str]) -> String {
    let hash = digest::digest(&digest::SHA256, parts.join("\n").as_bytes());
    let bytes: [u8; 16] = hash.as_ref().first_chunk().copied().unwrap_or_default();
    uuid::Builder::from_custom_bytes(bytes).into_uuid().to_string()
}

impl Tables<'_> {
    async fn store(&self) -> Store {
        let credentials = Credentials::new("local", "local", None, None, "local AWS");
        let loader = shared::aws::loader().region(Region::new(self.region.to_owned()));
        Store::new(&loader.endpoint_url(self.database).credentials_provider(credentials).load().await, self.prefix)
    }
}
