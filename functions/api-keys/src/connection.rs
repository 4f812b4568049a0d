//! One connection test: ask, read, judge. Nothing an exchange says goes further than this but what our tables know.

use std::time::{Duration, Instant};

use shared::{
    random,
    time::{Clock, Timestamp},
    wire::Silence,
};

use crate::{
    exchange_client::{ExchangeClient, Heard},
    exchanges::{Call, ConnectionStatus, Credentials, Exchange, Interpretation, KeyInfo, Moment, Site},
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
    /// When it ended: an exchange may have taken seconds.
    pub(crate) ended_at: Timestamp,
    /// Milliseconds from the first question to the last answer.
    pub(crate) latency_ms: u64,
}

/// What an exchange has said of a key, or that nothing came of it.
struct Said {
    status: ConnectionStatus,
    code: Option<String>,
    info: Option<KeyInfo>,
    retry_after: Option<u32>,
}

/// Asks one exchange about one key.
pub struct Tester<'a> {
    pub(crate) client: &'a ExchangeClient,
    pub(crate) exchange: &'a Exchange,
    pub(crate) site: &'a Site,
    pub(crate) credentials: &'a Credentials,
    pub(crate) clock: &'a Clock,
}

impl Tester<'_> {
    /// Asks whether the credentials work and what they may do, for a request that came in at `since`.
    pub async fn test(&self, since: Instant) -> TestReport {
        let started = Instant::now();
        let said = self.interrogate(since + IN_ALL).await;
        let latency_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        // The request's moment has passed: time went by at the exchange.
        let report = TestReport::of(said, self.clock.now(), latency_ms);
        tracing::info!(
            event = "connection_tested",
            exchange = self.exchange.id,
            status = report.status.as_str(),
            latency_ms = report.latency_ms,
            "connection tested"
        );
        report
    }

    async fn interrogate(&self, until: Instant) -> Said {
        let mut call = (self.exchange.question)(self.credentials, self.site);
        let mut may_repeat = self.exchange.refuses_at_random();
        for _ in 0..QUESTIONS {
            let heard = match self.ask(&call, until).await {
                Ok(heard) => heard,
                Err(status) => return Said::nothing(status),
            };
            let retry_after = heard.retry_after;
            match (self.exchange.read)(self.credentials, &call, &heard.answer) {
                Interpretation::Ask(next) => call = next,
                Interpretation::Refused { status: ConnectionStatus::AmbiguousCredentials, .. } if may_repeat => {
                    may_repeat = false;
                }
                Interpretation::Refused { status, code } => {
                    return Said { code, retry_after, ..Said::nothing(status) };
                }
                Interpretation::Accepted(info) => return Said::accepted(info),
            }
        }
        // The second answer only led to a third question.
        Said::nothing(ConnectionStatus::UnrecognisedResponse)
    }

    /// Signs and asks; once more where the connection was refused, for then nothing has been asked yet.
    async fn ask(&self, call: &Call, until: Instant) -> Result<Heard, ConnectionStatus> {
        let signed = || {
            // Each question says when it is asked: exchanges compare that with their clock, and want it to rise.
            let unix_ms = i64::try_from(self.clock.unix_ms()).unwrap_or(i64::MAX);
            let nonce = random::bytes().map_err(|_| ConnectionStatus::ExchangeUnavailable)?;
            let signed = (self.exchange.sign)(self.credentials, self.site, call, &Moment { unix_ms, nonce });
            signed.map_err(|_| ConnectionStatus::InvalidSignature)
        };
        let heard = match self.client.ask(signed()?, until).await {
            Err(Silence::Refused) => self.client.ask(signed()?, until).await,
            heard => heard,
        };
        heard.map_err(|silence| match silence {
            Silence::Unreachable | Silence::Refused => ConnectionStatus::ExchangeUnavailable,
            Silence::Unreadable => ConnectionStatus::UnrecognisedResponse,
            Silence::Unwritable => ConnectionStatus::InvalidSignature,
        })
    }
}

impl Said {
    const fn nothing(status: ConnectionStatus) -> Self {
        Self { status, code: None, info: None, retry_after: None }
    }

    fn accepted(info: KeyInfo) -> Self {
        Self { code: info.code.clone(), info: Some(info), ..Self::nothing(ConnectionStatus::Ok) }
    }
}

impl TestReport {
    /// A key works unless its time is over.
    fn of(said: Said, ended_at: Timestamp, latency_ms: u64) -> Self {
        let Said { mut status, code, mut info, retry_after } = said;
        if info.as_ref().and_then(|info| info.expires_at).is_some_and(|end| end <= ended_at) {
            (status, info) = (ConnectionStatus::KeyExpired, None);
        }
        Self { status, code, info, retry_after, ended_at, latency_ms }
    }
}
