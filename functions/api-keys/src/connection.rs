//! One connection test: ask, read, judge. Nothing an exchange says goes further than this but what our tables know.

use std::time::{Duration, Instant};

use shared::{random, time::Clock};

use crate::{
    exchanges::{Call, ConnectionStatus, Credentials, Exchange, KeyInfo, Moment, Site, Verdict},
    wire::{Heard, Silence, Wire},
};

/// How long after its request has come in a test is over, whatever else had to be done first. What remains of a request's time
/// ([`shared::http::DEADLINE`]) is for writing the outcome down: half a second for rounds with whoever writes to the same rows, and the
/// rest for the last of them ([`shared::app::App::contention`]).
const IN_ALL: Duration = Duration::from_secs(6);
/// Questions of one test. Only exchanges that describe a key in two steps need a second one.
const QUESTIONS: usize = 2;

/// How a test ended.
pub struct TestReport {
    pub(crate) status: ConnectionStatus,
    /// The exchange's own code, where we know it.
    pub(crate) code: Option<String>,
    /// What the key may do, if it works.
    pub(crate) info: Option<KeyInfo>,
    /// Seconds that the exchange wants to be left alone for.
    pub(crate) retry_after: Option<u32>,
    /// Milliseconds from the first question to the last answer.
    pub(crate) latency_ms: u64,
}

/// Asks one exchange about one key.
pub struct Tester<'a> {
    pub(crate) wire: &'a Wire,
    pub(crate) exchange: &'a Exchange,
    pub(crate) site: &'a Site,
    pub(crate) credentials: &'a Credentials,
    pub(crate) clock: &'a Clock,
}

impl Tester<'_> {
    /// Asks whether the credentials work and what they may do, for a request that came in at `since`.
    pub async fn test(&self, since: Instant) -> TestReport {
        let started = Instant::now();
        let report = tokio::time::timeout_at((since + IN_ALL).into(), self.interrogate()).await;
        let mut report = report.unwrap_or_else(|_| TestReport::of(ConnectionStatus::ExchangeUnavailable));
        report.latency_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        tracing::info!(
            event = "connection_tested",
            exchange = self.exchange.id,
            status = report.status.as_str(),
            latency_ms = report.latency_ms,
            "connection tested"
        );
        report
    }

    async fn interrogate(&self) -> TestReport {
        let mut call = (self.exchange.question)(self.credentials, self.site);
        let mut may_repeat = self.exchange.refuses_at_random();
        for _ in 0..QUESTIONS {
            let heard = match self.ask(&call).await {
                Ok(heard) => heard,
                Err(status) => return TestReport::of(status),
            };
            let retry_after = heard.retry_after;
            match (self.exchange.read)(self.credentials, &call, &heard.answer) {
                Verdict::Ask(next) => call = next,
                Verdict::Refused { status: ConnectionStatus::AmbiguousCredentials, .. } if may_repeat => {
                    may_repeat = false
                }
                Verdict::Refused { status, code } => {
                    return TestReport { code, retry_after, ..TestReport::of(status) };
                }
                Verdict::Accepted(info) => return self.accepted(info),
            }
        }
        // The second answer only led to a third question.
        TestReport::of(ConnectionStatus::UnrecognisedResponse)
    }

    /// Signs and asks; once more where the connection was refused, for then nothing has been asked yet.
    async fn ask(&self, call: &Call) -> Result<Heard, ConnectionStatus> {
        let signed = || {
            let unix_ms = i64::try_from(self.clock.unix_ms()).unwrap_or(i64::MAX);
            let nonce = random::bytes().map_err(|_| ConnectionStatus::ExchangeUnavailable)?;
            let signed = (self.exchange.sign)(self.credentials, self.site, call, &Moment { unix_ms, nonce });
            signed.map_err(|_| ConnectionStatus::InvalidSignature)
        };
        let heard = match self.wire.ask(signed()?).await {
            Err(Silence::Refused) => self.wire.ask(signed()?).await,
            heard => heard,
        };
        heard.map_err(|silence| match silence {
            Silence::Unreachable | Silence::Refused => ConnectionStatus::ExchangeUnavailable,
            Silence::Unreadable => ConnectionStatus::UnrecognisedResponse,
            Silence::Unwritable => ConnectionStatus::InvalidSignature,
        })
    }

    /// A key that works, unless its time is over.
    fn accepted(&self, info: KeyInfo) -> TestReport {
        let has_ended = info.expires_at.is_some_and(|end| end <= self.clock.now());
        let code = info.code.clone();
        if has_ended {
            return TestReport { code, ..TestReport::of(ConnectionStatus::KeyExpired) };
        }
        TestReport { code, info: Some(info), ..TestReport::of(ConnectionStatus::Ok) }
    }
}

impl TestReport {
    const fn of(status: ConnectionStatus) -> Self {
        Self { status, code: None, info: None, retry_after: None, latency_ms: 0 }
    }
}
