//! `POST /api/v1/api-keys/`: keeps a key, sealed.

use std::{sync::LazyLock, time::Instant};

use axum::extract::State;
use serde_json::json;
use shared::{
    caller::{Caller, Origin},
    error::Error,
    http::{Body, Flaw, Operation, Reply},
    ids::KeyId,
    keys::Row,
    kyc,
    seal::Binding,
    store::{Condition, Put, Raced, Write},
};

use crate::{
    audit::{AccessEvent, Action},
    connection::{self, Report},
    count::{MOST, one_more},
    document::{self, operation},
    exchanges::Status,
    input::CreateApiKeyRequest,
    keys::{RECORD, identity},
    model::{Answer, ApiKeyResponse, Refusal},
    policy::{self, SendsFunds},
    record::{Findings, KeyRecord, masked},
    state::Vault,
    test_connection::{BY_ACCOUNT, BY_KEY},
    view::KeyView,
};

/// Keeps a key: the record, the fingerprint that keeps it unique, one more in the count, and the access, all or nothing.
pub async fn create(
    State(vault): State<Vault>,
    caller: Caller,
    origin: Origin,
    Body(input): Body<CreateApiKeyRequest>,
) -> Answer {
    let since = Instant::now();
    vault.permit(&caller).await?;
    let key = KeyId::at(vault.app.clock.unix_ms())?;
    let who = (&caller, &origin, key);
    let tested = if input.verify { Some(vault.verify(who, &input, since).await?) } else { None };
    match (vault.store(who, (&input, tested.as_ref()), since).await, tested) {
        (Ok(record), _) => Ok(Reply::ok(ApiKeyResponse::of_key("API key created", vault.view(record)))),
        // The test took place, though nothing came of it.
        (Err(refusal), Some(Tested { event, report })) => Err(vault.end(event, report.status.as_str(), refusal).await),
        (Err(refusal), None) => Err(refusal),
    }
}

/// A test that has ended, and the access that is still to say so.
struct Tested {
    event: AccessEvent,
    report: Report,
}

impl Vault {
    /// Where that is required, only whoever has proven their identity stores keys.
    pub(crate) async fn permit(&self, caller: &Caller) -> Result<(), Refusal> {
        if !self.config.require_kyc {
            return Ok(());
        }
        let reports = kyc::reports_of(&self.app.store, &caller.account().to_string()).await?;
        if kyc::standing(&reports).status == kyc::Status::Approved { Ok(()) } else { Err(Refusal::KycRequired) }
    }

    /// Tests credentials that are not stored yet; refuses what the policy would not let out again. The access is written down
    /// under the id that the key will have, or would have had. Where there is no room for one more, nobody is asked.
    async fn verify(
        &self,
        who: (&Caller, &Origin, KeyId),
        input: &CreateApiKeyRequest,
        since: Instant,
    ) -> Result<Tested, Refusal> {
        let (caller, ..) = who;
        if let Some(refusal) = self.no_room(caller.account()).await? {
            return Err(refusal);
        }
        self.count(BY_ACCOUNT, caller, "").await?;
        let credential = self.key().await?.fingerprint(&identity(input.exchange, &input.credentials)?);
        self.count(BY_KEY, caller, &credential).await?;
        let event = self.begin(who, Action::Test).await?;
        let place = (input.exchange, input.site);
        let report = connection::test(&self.wire, place, &input.credentials, &self.app.clock, since).await;
        match self.passes(&report) {
            Ok(()) => Ok(Tested { event, report }),
            Err(refusal) => Err(self.end(event, report.status.as_str(), refusal).await),
        }
    }

    /// Whether what was tested so may be stored.
    fn passes(&self, report: &Report) -> Result<(), Refusal> {
        let sends_funds = report.access.as_ref().and_then(policy::sends_funds) == Some(SendsFunds::Found);
        if sends_funds && !self.config.allow_withdrawal_keys {
            let reason = format!("{}: {}", Refusal::CanWithdraw.code().as_str(), Refusal::CanWithdraw.message());
            return Err(Error::invalid("body", "api_key", Flaw::value(&reason)).into());
        }
        let field = match report.status {
            Status::Ok => return Ok(()),
            status if status.is_retryable() => return Err(Refusal::Unverified(status, report.retry_after)),
            Status::InvalidSignature => "secret",
            Status::InvalidPassphrase => "passphrase",
            Status::WrongEnvironment => "environment",
            Status::AccountRestricted | Status::GeoBlocked | Status::UnrecognisedResponse => "exchange",
            _ => "api_key",
        };
        let reason = format!("{}: {}", report.status.as_str(), report.status.message());
        Err(Error::invalid("body", field, Flaw::value(&reason)).into())
    }

    /// Stores a new key with what its test has found out.
    async fn store(
        &self,
        who: (&Caller, &Origin, KeyId),
        (input, tested): (&CreateApiKeyRequest, Option<&Tested>),
        since: Instant,
    ) -> Result<KeyRecord, Refusal> {
        let (caller, _, key) = who;
        let account = caller.account();
        let mut record = self.new_record(caller, key, input).await?;
        if let Some(Tested { report, .. }) = tested {
            record.take_in(report, self.app.clock.now());
        }
        let mut contention = self.app.contention(RECORD, since);
        loop {
            let kept = Put::new(Row::Fingerprint(&record.fingerprint), &record.as_kept(account))?;
            let mut writes = vec![
                Write::Put(Put::new(Row::ExchangeKey(account, key), &record)?.when(Condition::New)),
                Write::Put(kept.when(Condition::New)),
                one_more(account)?,
                self.event(who, Action::Create, "ok")?.write()?,
            ];
            if let Some(Tested { event, report }) = tested {
                writes.push(Write::Put(event.clone().ended(report.status.as_str()).replace()?));
            }
            match self.app.store.race(writes).await? {
                Raced::Won => return Ok(record),
                Raced::Obstructed => contention.lost().await?,
                Raced::Overtaken => {
                    if let Some(refusal) = self.obstacle(account, &record.fingerprint).await? {
                        return Err(refusal);
                    }
                    contention.lost().await?;
                }
            }
        }
    }

    async fn new_record(&self, caller: &Caller, key: KeyId, input: &CreateApiKeyRequest) -> Result<KeyRecord, Error> {
        let (now, credentials, site) = (self.app.clock.now(), &input.credentials, input.site);
        let (account, exchange, version) = (caller.account(), input.exchange.id, 1);
        let environment = site.environment.as_str();
        let envelope = self.seal(Binding { account, key, exchange, environment, version }, credentials).await?;
        let own = self.key().await?;
        let identity = identity(input.exchange, credentials)?;
        Ok(KeyRecord {
            id: key,
            exchange: exchange.to_owned(),
            environment: site.environment,
            region: site.region.map(str::to_owned),
            label: input.label.clone(),
            masked: masked(&credentials.api_key),
            sealed_name: own.seal_name(account, key, &credentials.api_key)?,
            key_type: credentials.key_type,
            wallet_address: credentials.wallet_address.clone(),
            is_active: true,
            findings: Findings::default(),
            sends_funds: SendsFunds::No,
            created_at: now,
            updated_at: now,
            secret_rotated_at: None,
            last_decrypted_at: None,
            version: 1,
            secret_version: version,
            fingerprint: own.fingerprint(&identity),
            tags: own.tags(account, key, &identity),
            left: Vec::new(),
            envelope,
        })
    }
}

static DESCRIPTION: LazyLock<String> = LazyLock::new(|| {
    format!(
        "Keeps a key, sealed. Which fields it needs depends on the exchange: OKX, KuCoin and Bitget have a passphrase, \
         Hyperliquid a wallet address and the private key of an agent wallet instead of a name. With `verify` the key is \
         tested first, and stored only if the exchange accepts it and it cannot send funds away. An account has up to {MOST} \
         keys. Neither the key nor the secret is shown again but by decrypt. `data` is the key."
    )
});

/// What the OpenAPI document says of it.
pub fn document() -> Operation {
    let operation = operation("create_api_key", &DESCRIPTION);
    let (refusal, later) = (Refusal::KycRequired, Refusal::Unverified(Status::ExchangeUnavailable, None));
    document::refuses(document::limited(operation), &[Refusal::Duplicate, Refusal::Full])
        .answer(403, refusal.message(), &refusal.body())
        .answer(503, later.message(), &later.body())
        .body::<CreateApiKeyRequest>(json!({
            "exchange": "okx", "label": "main account", "api_key": "0b2a5c4e-52d4-4f8e-9c0f-1c1f2c1c1a11",
            "secret": "7E1D6A1B0C5F4E8D9A2B3C4D5E6F7A8B", "passphrase": "correct-horse", "environment": "live",
        }))
        .ok(&ApiKeyResponse::of_key("API key created", KeyView::example()))
}
