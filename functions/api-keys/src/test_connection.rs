//! `POST /api/v1/api-keys/{key_id}/test-connection`: tries a key at its exchange.

use std::time::{Duration, Instant};

use axum::extract::State;
use schemars::JsonSchema;
use serde::Serialize;
use shared::{
    caller::{Caller, Origin},
    error::Error,
    http::{Operation, Reply},
    ids::AccountId,
    keys::Row,
    limits::Limit,
    store::{Condition, Put, Raced, Target, Update, Write},
    time::Timestamp,
};

use crate::{
    audit::{AccessEvent, Action},
    connection::{self, Report},
    document::{self, operation},
    exchanges::{self, Access, Environment, Exchange, Permissions, Site, Source, Status},
    keys::{KeyPath, RECORD, WHOLE, names, rolled_back},
    model::{Answer, ApiKeyResponse, Refusal, RefusalCode},
    policy::{self, SendsFunds, Warning},
    record::KeyRecord,
    state::Vault,
    view::KeyStatus,
};

/// All users share the addresses that we ask from: one of them must not get those banned. A key is counted by its credential, which may
/// not have an id yet, or have another one soon.
pub const BY_KEY: Limit = Limit { name: "TEST#KEY", times: 5, span: Duration::from_mins(1) };
/// The same for all keys of a user.
pub const BY_ACCOUNT: Limit = Limit { name: "TEST#ACCOUNT", times: 20, span: Duration::from_mins(1) };

/// How a connection test ended. Every member is always there, null where nothing is known.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ConnectionTest")]
pub struct TestResult {
    /// Which key was tried.
    key_id: String,
    /// The exchange that it is from, by the name that it was stored with.
    exchange: String,
    /// Whether it is for real money.
    environment: Environment,
    /// How the test ended.
    status: Status,
    /// What the list shows from now on: `blocked` where the policy keeps the key from being used.
    key_status: KeyStatus,
    /// When it ended.
    #[schemars(extend("format" = "date-time"))]
    checked_at: String,
    /// From the first question to the last answer. Milliseconds.
    latency_ms: u64,
    /// Whether the same test may end differently without the user doing anything.
    retryable: bool,
    /// Seconds after which the exchange answers again, at most an hour.
    retry_after: Option<u32>,
    /// What the key may do.
    permissions: Permissions,
    /// Where that is known from.
    permission_source: Source,
    /// Whether it works from certain IP addresses alone.
    ip_restricted: Option<bool>,
    /// Those addresses and networks.
    ip_allow_list: Option<Vec<String>>,
    /// When the key ends at the exchange.
    #[schemars(extend("format" = "date-time"))]
    expires_at: Option<String>,
    /// What its owner should change at the exchange.
    warnings: Vec<Warning>,
    /// The exchange's own code.
    exchange_code: Option<String>,
    /// What the status means and what to do about it, in English.
    message: &'static str,
}

/// Tries a key. The answer is 200 however the test ends.
pub async fn test_connection(State(vault): State<Vault>, caller: Caller, origin: Origin, path: KeyPath) -> Answer {
    let (key, since) = (path.id()?, Instant::now());
    vault.count(BY_ACCOUNT, &caller, "").await?;
    let mut record = vault.find(&caller, key).await?;
    vault.count(BY_KEY, &caller, &record.fingerprint).await?;
    if !record.is_active {
        return Err(vault.refuse((&caller, &origin, key), Action::Test, Refusal::Disabled).await);
    }
    let place = place(&record)?;
    let event = vault.begin((&caller, &origin, key), Action::Test).await?;
    let credentials = match vault.open(&caller, key, &record).await {
        Ok(credentials) => credentials,
        Err(error) => return Err(vault.end(event, RefusalCode::Failed.as_str(), error.into()).await),
    };
    let report = connection::test(&vault.wire, place, &credentials, &vault.app.clock, since).await;
    let (now, seen) = (vault.app.clock.now(), Verdict::on(&record));
    record.take_in(&report, now);
    let event = event.ended(report.status.as_str());
    if let Err(refusal) = vault.keep(&caller, (&mut record, seen), (&report, &event), since).await {
        // The exchange has answered, though nothing came of it.
        return Err(vault.recorded(event.replace(), refusal).await);
    }
    let is_blocked = vault.is_blocked(&record);
    Ok(Reply::ok(ApiKeyResponse::of_test(TestResult::new(&record, report, is_blocked, now))))
}

/// Where the key is good.
fn place(record: &KeyRecord) -> Result<(&'static Exchange, &'static Site), Error> {
    let exchange = exchanges::find(&record.exchange);
    let place =
        exchange.and_then(|exchange| Some((exchange, exchange.site(record.environment, record.region.as_deref())?)));
    place.ok_or_else(|| Error::internal("a key of a place that is no longer known"))
}

impl KeyRecord {
    /// Takes in how a test ended. One that failed says nothing of permissions: what was known of them stays. Nor does what is
    /// unknown unblock a key.
    pub(crate) fn take_in(&mut self, report: &Report, now: Timestamp) {
        let (status, known) = (report.status, &mut self.findings);
        if known.has_worked && status.is_about_the_key() {
            let (exchange, status) = (&self.exchange, status.as_str());
            tracing::warn!(event = "key_stopped_working", exchange, status, "a key stopped working");
        }
        known.has_worked = status == Status::Ok || (known.has_worked && !status.is_about_the_key());
        known.last_tested_at = Some(now);
        known.last_status = Some(status);
        if let Some(access) = &report.access {
            known.permissions = access.permissions;
            known.ip_restricted = access.ip_restricted;
            known.warnings = policy::warnings(access);
            known.expires_at = access.expires_at;
            self.sends_funds = policy::sends_funds(access).unwrap_or(self.sends_funds);
        }
    }
}

/// What tests had found out of a key when somebody looked.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Verdict {
    sends_funds: SendsFunds,
    last_tested_at: Option<Timestamp>,
}

impl Verdict {
    const fn on(record: &KeyRecord) -> Self {
        Self { sends_funds: record.sends_funds, last_tested_at: record.findings.last_tested_at }
    }

    /// That this is still all.
    fn still(self) -> Result<[Condition; 2], Error> {
        let tested = match self.last_tested_at {
            Some(at) => Condition::equals("last_tested_at", &at)?,
            None => Condition::Absent("last_tested_at"),
        };
        Ok([Condition::equals("sends_funds", &self.sends_funds)?, tested])
    }
}

impl Vault {
    /// Stores the outcome with the key, which was `seen` so when the test began, with its credential and with the access. An outcome
    /// that belongs to a secret replaced meanwhile is not stored. Where another test has ended meanwhile and the key is blocked, it
    /// stays so in `record`, too: a slow test that says otherwise may have been asked before.
    async fn keep(
        &self,
        caller: &Caller,
        (record, mut seen): (&mut KeyRecord, Verdict),
        (report, event): (&Report, &AccessEvent),
        since: Instant,
    ) -> Result<(), Refusal> {
        let (account, key) = (caller.account(), record.id);
        let mut contention = self.app.contention(RECORD, since);
        let (mut access, mut doubtful_since) = (report.access.as_ref(), None);
        loop {
            let [row, credential] = outcome(account, record, access, seen)?;
            match self.app.store.race(vec![row, credential, Write::Put(event.replace()?)]).await? {
                Raced::Won => return Ok(()),
                Raced::Obstructed => contention.lost().await?,
                Raced::Overtaken => {
                    let now = self.find(caller, key).await?;
                    if now.secret_version != record.secret_version {
                        // The access took place all the same.
                        let _written = self.app.store.put(event.replace()?).await?;
                        return Ok(());
                    }
                    let found = Verdict::on(&now);
                    // What is seen may be one half of somebody else's change, until it is whole.
                    let first_doubt = doubtful_since.filter(|_| found == seen).unwrap_or_else(Instant::now);
                    if first_doubt.elapsed() >= WHOLE {
                        return Err(rolled_back());
                    }
                    doubtful_since = Some(first_doubt);
                    if found != seen && found.sends_funds != SendsFunds::No && unblocks(access) {
                        (access, record.sends_funds) = (None, found.sends_funds);
                    }
                    seen = found;
                    contention.lost().await?;
                }
            }
        }
    }
}

/// Whether a test has found that a key cannot send funds.
fn unblocks(access: Option<&Access>) -> bool {
    access.and_then(policy::sends_funds) == Some(SendsFunds::No)
}

/// What a test has found out and nothing else, for another one may have found out more meanwhile.
fn outcome<'a>(
    account: AccountId,
    record: &'a KeyRecord,
    access: Option<&Access>,
    seen: Verdict,
) -> Result<[Write<'a>; 2], Error> {
    let (findings, credential) = (&record.findings, Row::Fingerprint(&record.fingerprint));
    let row = Update::new(Row::ExchangeKey(account, record.id));
    let row = row.when(Condition::equals("secret_version", &record.secret_version)?);
    let row = if unblocks(access) { seen.still()?.into_iter().fold(row, Update::when) } else { row };
    let row = match access {
        Some(_) => row.set_all(findings)?,
        None => row
            .set("last_tested_at", &findings.last_tested_at)?
            .set("last_status", &findings.last_status)?
            .set("has_worked", &findings.has_worked)?,
    };
    let named = names(record, account)?.into_iter();
    Ok(match access.and_then(policy::sends_funds) {
        Some(sends_funds) => {
            let kept = named.fold(Put::new(credential, &record.as_kept(account))?, Put::when);
            [Write::Update(row.set("sends_funds", &sends_funds)?), Write::Put(kept)]
        }
        None => [Write::Update(row), Write::Check(named.fold(Target::new(credential), Target::when))],
    })
}

impl TestResult {
    /// How it ended.
    #[must_use]
    pub const fn status(&self) -> Status {
        self.status
    }

    fn example() -> Self {
        Self {
            key_id: document::KEY_ID.to_owned(),
            exchange: "okx".to_owned(),
            environment: Environment::Live,
            status: Status::Ok,
            key_status: KeyStatus::Tested(Status::Ok),
            checked_at: document::MOMENT.to_owned(),
            latency_ms: 212,
            retryable: false,
            retry_after: None,
            permissions: Permissions { read: Some(true), trade: Some(true), withdraw: Some(false), transfer: None },
            permission_source: Source::Key,
            ip_restricted: Some(true),
            ip_allow_list: Some(vec!["203.0.113.7".to_owned()]),
            expires_at: None,
            warnings: Vec::new(),
            exchange_code: Some("0".to_owned()),
            message: Status::Ok.message(),
        }
    }

    /// As the owner sees it.
    pub(crate) fn new(record: &KeyRecord, report: Report, is_blocked: bool, now: Timestamp) -> Self {
        let Report { status, code, access, retry_after, latency_ms } = report;
        let warnings = access.as_ref().map(policy::warnings).unwrap_or_default();
        Self {
            key_id: record.id.to_string(),
            exchange: record.exchange.clone(),
            environment: record.environment,
            status,
            key_status: KeyStatus::new(Some(status), is_blocked),
            checked_at: now.to_string(),
            latency_ms,
            retryable: status.is_retryable(),
            retry_after,
            permissions: access.as_ref().map(|access| access.permissions).unwrap_or_default(),
            permission_source: access.as_ref().map_or(Source::None, |access| access.source),
            ip_restricted: access.as_ref().and_then(|access| access.ip_restricted),
            expires_at: access.as_ref().and_then(|access| access.expires_at).map(|at| at.to_string()),
            ip_allow_list: access.and_then(|access| access.ip_allow_list),
            warnings,
            exchange_code: code,
            message: status.message(),
        }
    }
}

/// What the OpenAPI document says of it.
pub fn document() -> Operation {
    let operation = operation(
        "test_api_key_connection",
        "Tries a key at its exchange with one signed question that changes nothing there. The answer is 200 however the test \
         ends: `success` says whether the exchange accepts the key, `data`, a ConnectionTest, what it says of it. Unknown is null, never \
         false. A key that can send funds is blocked until a test says that it cannot. Up to 5 times a minute for one \
         credential, whatever its id, and 20 times for all.",
    );
    let operation = document::refuses(document::of_key(operation), &[Refusal::Disabled]);
    document::limited(operation).ok(&ApiKeyResponse::of_test(TestResult::example()))
}
