//! The paper exchange: answers as every supported exchange does, to demo credentials, with play answers.
//!
//! Requests are told apart by their `Host`. Each is taken apart, signed again by the `api-keys` function's own signer
//! with the credentials that it names, and must come out the same.

use std::collections::BTreeMap;
use std::sync::Mutex;

use api_keys::exchanges::{ConnectionStatus, Exchange, find};
use axum::body::Bytes;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use shared::time::Clock;

use crate::answers::{Reply, says};
use crate::exchanges::StandIn;
use crate::lock::lock;
use crate::verify::{Hearing, Memory};
use crate::{Canned, Demo, ExchangeRequest, credentials, exchanges, request, verify};

/// For requests without a key or a moment.
const NOT_UNDERSTOOD: Reply =
    says(400, ConnectionStatus::UnrecognisedResponse, "The paper exchange cannot tell whose key it is, or of when.\n");
/// For requests that are signed correctly and ask something else than the function does.
const NOT_FOUND: Reply = says(404, ConnectionStatus::UnrecognisedResponse, "The paper exchange is not asked this.\n");

/// All exchanges.
pub struct Paper {
    demos: Vec<Demo>,
    memory: Memory,
    /// What is answered instead.
    canned: Mutex<Option<Canned>>,
    calls: Mutex<BTreeMap<&'static str, u64>>,
    last: Mutex<Option<ExchangeRequest>>,
    clock: Clock,
}

/// The exchange that a request is for.
pub(crate) struct Addressee {
    exchange: &'static Exchange,
    stand_in: &'static StandIn,
    host: String,
}

/// Every exchange as the function knows it, with its stand-in.
fn known() -> impl Iterator<Item = (&'static Exchange, &'static StandIn)> {
    exchanges::ALL.into_iter().filter_map(|stand_in| Some((find(stand_in.id)?, stand_in)))
}

impl Paper {
    /// Nobody has asked anything yet. The clock must be that of the functions.
    #[must_use]
    pub fn new(clock: Clock) -> Self {
        Self {
            demos: known().flat_map(|(exchange, stand_in)| credentials::demos(exchange, stand_in)).collect(),
            memory: Memory::default(),
            canned: Mutex::default(),
            calls: Mutex::default(),
            last: Mutex::default(),
            clock,
        }
    }

    /// Whom a request is for; `None` if it is for nobody here.
    pub(crate) fn addressee(headers: &HeaderMap, uri: &Uri) -> Option<Addressee> {
        let host = request::host(headers, uri)?;
        let (exchange, stand_in) = known().find(|(exchange, _)| exchange.sites.iter().any(|site| site.host == host))?;
        Some(Addressee { exchange, stand_in, host })
    }

    /// Answers one request to an exchange.
    pub(crate) async fn answer(&self, addressee: Addressee, parts: &Parts, body: &Bytes) -> Response {
        let Addressee { exchange, stand_in, host } = addressee;
        let request = ExchangeRequest::new(exchange.id, host, parts, body);
        *lock(&self.calls).entry(exchange.id).or_default() += 1;
        *lock(&self.last) = Some(request.clone());
        let canned = lock(&self.canned).clone();
        match canned {
            Some(canned) => canned.answer().await,
            None => self.hear(exchange, stand_in, &request),
        }
    }

    fn hear(&self, exchange: &'static Exchange, stand_in: &'static StandIn, request: &ExchangeRequest) -> Response {
        let Some((site, claim)) = verify::site(exchange, request).zip((stand_in.claim)(request)) else {
            return sent(NOT_UNDERSTOOD, NOT_UNDERSTOOD.body);
        };
        let now_ms = i64::try_from(self.clock.unix_ms()).unwrap_or(i64::MAX);
        let hearing = Hearing { exchange, stand_in, request, claim, now_ms };
        let demo = match hearing.judge(site, &self.demos, &self.memory) {
            Ok(demo) => demo,
            Err(refusal) => return sent(refusal, refusal.body),
        };
        let question = (exchange.question)(&demo.signer(), site);
        let reply = stand_in.reply(demo, request, &question).unwrap_or(NOT_FOUND);
        sent(reply, &demo.fill(reply.body))
    }

    /// The demo credentials, exchange by exchange.
    #[must_use]
    pub fn demos(&self) -> &[Demo] {
        &self.demos
    }

    /// How often each exchange was asked since the start or the last reset; those that were not are left out.
    #[must_use]
    pub fn calls(&self) -> BTreeMap<&'static str, u64> {
        lock(&self.calls).clone()
    }

    /// Counts from zero again.
    pub fn reset_calls(&self) {
        lock(&self.calls).clear();
    }

    /// Lets all exchanges answer this to everybody; `None` lets them work again.
    pub fn set_canned(&self, canned: Option<Canned>) {
        *lock(&self.canned) = canned;
    }

    /// The last request to any exchange, as it arrived.
    #[must_use]
    pub fn last_request(&self) -> Option<ExchangeRequest> {
        lock(&self.last).clone()
    }
}

fn sent(reply: Reply, body: &str) -> Response {
    let status = StatusCode::from_u16(reply.http).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut answer = (status, [(header::CONTENT_TYPE, reply.content_type())], body.to_owned()).into_response();
    if let Some(seconds) = reply.retry_after {
        answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    answer
}
