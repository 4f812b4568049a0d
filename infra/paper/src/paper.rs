//! The paper exchange: answers as every supported exchange does, to demo credentials, with play answers.
//!
//! Requests are told apart by their `Host`. Each is taken apart, signed again by the `api-keys` function's own signer
//! with the credentials that it names, and both must be equal.

use std::collections::BTreeMap;
use std::sync::Mutex;

use api_keys::exchanges::find;
use axum::body::Bytes;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use shared::time::Clock;

use crate::answers::{Case, RecordedAnswer, Unreadable};
use crate::lock::lock;
use crate::player::Player;
use crate::verify::{Hearing, UsedMoments};
use crate::{Canned, Demo, ExchangeRequest, credentials, exchanges, request, verify};

/// For requests without a key or a moment.
const NOT_UNDERSTOOD: &str = "The paper exchange cannot tell whose key it is, or of when.\n";
/// For requests that are signed correctly and ask something else than the function does.
const NOT_FOUND: &str = "The paper exchange is not asked this.\n";

/// All exchanges.
pub struct Paper {
    players: Vec<Player>,
    demos: Vec<Demo>,
    memory: UsedMoments,
    /// What is answered instead.
    canned: Mutex<Option<Canned>>,
    calls: Mutex<BTreeMap<&'static str, u64>>,
    last: Mutex<Option<ExchangeRequest>>,
    clock: Clock,
}

impl Paper {
    /// Nobody has asked anything yet. The clock must be that of the functions.
    ///
    /// # Errors
    /// The answers of an exchange cannot be read, or one is missing.
    pub fn new(clock: Clock) -> Result<Self, Unreadable> {
        let known = exchanges::ALL.into_iter().filter_map(|stand_in| Some((find(stand_in.id)?, stand_in)));
        let players =
            known.map(|(exchange, stand_in)| Player::new(exchange, stand_in)).collect::<Result<Vec<_>, _>>()?;
        Ok(Self {
            demos: players.iter().flat_map(|player| credentials::demos(player.exchange, &player.answers)).collect(),
            players,
            memory: UsedMoments::default(),
            canned: Mutex::default(),
            calls: Mutex::default(),
            last: Mutex::default(),
            clock,
        })
    }

    /// Whom a request is for; `None` if it is for nobody here.
    pub(crate) fn addressee(&self, headers: &HeaderMap, uri: &Uri) -> Option<&Player> {
        let host = request::host(headers, uri)?;
        self.players.iter().find(|player| player.exchange.sites.iter().any(|site| site.host == host))
    }

    /// Answers one request to an exchange.
    pub(crate) async fn answer(&self, player: &Player, parts: &Parts, body: &Bytes) -> Response {
        let id = player.exchange.id;
        let host = request::host(&parts.headers, &parts.uri).unwrap_or_default();
        let request = ExchangeRequest::new(id, host, parts, body);
        *lock(&self.calls).entry(id).or_default() += 1;
        *lock(&self.last) = Some(request.clone());
        let canned = lock(&self.canned).clone();
        match canned {
            Some(canned) => canned.answer().await,
            None => self.hear(player, &request),
        }
    }

    fn hear(&self, player: &Player, request: &ExchangeRequest) -> Response {
        let Player { exchange, stand_in, answers } = player;
        let Some((site, parts)) = verify::site(exchange, request).zip((stand_in.parts)(request)) else {
            return sent(RecordedAnswer::plain(400, NOT_UNDERSTOOD));
        };
        let now_ms = i64::try_from(self.clock.unix_ms()).unwrap_or(i64::MAX);
        let hearing = Hearing { player, request, parts, now_ms };
        let answer = match hearing.judge(site, &self.demos, &self.memory) {
            Ok(demo) => {
                let question = (exchange.question)(&demo.signer(), site);
                player.reply(demo, request, &question).map(|answer| demo.fill(answer))
            }
            Err(Case::WrongEnvironment) => answers.to(Case::WrongEnvironment).or(answers.to(Case::UnknownKey)).cloned(),
            Err(case) => answers.to(case).cloned(),
        };
        sent(answer.unwrap_or_else(|| RecordedAnswer::plain(404, NOT_FOUND)))
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

fn sent(answer: RecordedAnswer) -> Response {
    let status = StatusCode::from_u16(answer.http).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = (status, [(header::CONTENT_TYPE, answer.content_type())], answer.body).into_response();
    if let Some(seconds) = answer.retry_after {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}
