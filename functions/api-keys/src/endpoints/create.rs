//! `POST /api/v1/api-keys/`: keeps a key, sealed.

use std::{sync::LazyLock, time::Instant};

use axum::extract::State;
use serde_json::json;
use shared::{
    caller::{Allowed, Confirmed, Origin, scope},
    http::{Body, Operation, Reply},
    ids::KeyId,
    now::Now,
    seal::{Binding, RecordVersion},
    store::{Condition, Put, Raced, Write},
    tables::Row,
};

use crate::{
    access::Access,
    audit::AccessAction,
    count::one_more,
    document::{self, operation},
    exchanges::ConnectionStatus,
    input::CreateApiKeyRequest,
    keys::RECORD,
    limits::MOST_KEYS,
    policy::SendsFunds,
    record::{Findings, KeyRecord, terms},
    refusal::Refusal,
    state::Vault,
    tested::Tested,
    view::{ApiKeyResponse, KeyView, Replied},
};

/// Keeps a key: the record, the fingerprint that keeps it unique, one more in the count, the access, and the letter to its owner, all or
/// nothing.
pub async fn create(
    State(vault): State<Vault>,
    actor: Allowed<scope::KeysWrite>,
    origin: Origin,
    Now(now): Now,
    Body(input): Body<CreateApiKeyRequest>,
) -> Replied {
    let since = Instant::now();
    let confirmed = vault.confirm(&actor, now)?;
    if actor.only_keys().is_some() {
        return Err(Refusal::OnlyChosenKeys);
    }
    vault.permit(actor.account_id()).await?;
    // The milliseconds put the keys of one moment in order.
    let key = KeyId::at(vault.app.clock.unix_ms())?;
    let access = Access { actor: actor.into_actor(), origin, key, now };
    let tested = if input.verify { Some(vault.verify(&access, &input, since).await?) } else { None };
    match (vault.store(&access, &confirmed, &input, tested.as_ref(), since).await, tested) {
        (Ok(record), _) => Ok(Reply::ok(ApiKeyResponse::of_key("API key created", vault.view(record)))),
        (Err(refusal), Some(tested)) => Err(vault.refuse_tested(&tested, refusal).await),
        (Err(refusal), None) => Err(refusal),
    }
}

impl Vault {
    /// Stores a new key with what its test has found out.
    async fn store(
        &self,
        access: &Access,
        confirmed: &Confirmed,
        input: &CreateApiKeyRequest,
        tested: Option<&Tested>,
        since: Instant,
    ) -> Result<KeyRecord, Refusal> {
        let account = access.account_id();
        let mut record = self.new_record(access, confirmed, input).await?;
        if let Some(tested) = tested {
            record.take_in(&tested.report);
        }
        let mut contention = self.app.contention(RECORD, since);
        loop {
            let kept = Put::new(Row::Fingerprint(&record.sealed.fingerprint), &record.as_kept(account))?;
            let mut writes = vec![
                Write::Put(Put::new(Row::ExchangeKey(account, access.key), &record)?.when(Condition::New)),
                Write::Put(kept.when(Condition::New)),
                one_more(account)?,
                self.event(access, AccessAction::Create, "ok")?.write()?,
                self.told_of_new_key(access, &record)?,
                access.actor.still_allowed(),
            ];
            if let Some(tested) = tested {
                writes.push(Write::Put(tested.put()?));
            }
            match self.app.store.race(writes).await? {
                Raced::Won => return Ok(record),
                Raced::Obstructed => contention.lost().await?,
                Raced::Overtaken => {
                    access.actor.is_allowed(&self.app.store).await?;
                    if let Some(refusal) = self.obstacle(account, &record.sealed.fingerprint).await? {
                        return Err(refusal);
                    }
                    contention.lost().await?;
                }
            }
        }
    }

    async fn new_record(
        &self,
        access: &Access,
        confirmed: &Confirmed,
        input: &CreateApiKeyRequest,
    ) -> Result<KeyRecord, Refusal> {
        let (now, site, exchange) = (access.now, input.site, input.exchange);
        let (account, key) = (confirmed.account_id(), access.key);
        let record = RecordVersion { account, key, version: 1 };
        let binding = Binding { record, terms: terms(exchange.id, site.environment) };
        Ok(KeyRecord {
            id: key,
            exchange: exchange.id.to_owned(),
            environment: site.environment,
            region: site.region.map(str::to_owned),
            label: input.label.clone(),
            is_active: true,
            findings: Findings::default(),
            sends_funds: SendsFunds::No,
            created_at: now,
            updated_at: now,
            secret_rotated_at: None,
            last_decrypted_at: None,
            version: 1,
            left: Vec::new(),
            sealed: self.seal(confirmed, &binding, exchange, &input.credentials).await?,
        })
    }
}

static DESCRIPTION: LazyLock<String> = LazyLock::new(|| {
    format!(
        "Keeps a key, sealed. Which fields it needs depends on the exchange: OKX, KuCoin and Bitget have a passphrase, \
         Hyperliquid a wallet address and the private key of an agent wallet instead of a name. With `verify` the key is \
         tested first, and stored only if the exchange accepts it and it cannot send funds away. An account has up to {MOST_KEYS} \
         keys. Its owner is told by mail. Neither the key nor the secret is shown again but by decrypt. \
         An account with second factors has to have proven one in the last five minutes (`STEP_UP_REQUIRED`), unless a personal token asks; one without is refused \
         where they are required (`MFA_REQUIRED`). A token that is good for chosen keys only adds none (`ONLY_CHOSEN_KEYS`). `data` is \
         the key."
    )
});

pub fn document() -> Operation {
    let operation = operation::<scope::KeysWrite>("create_api_key", &DESCRIPTION);
    let (unproven, without, chosen) = (Refusal::KycRequired, Refusal::MfaRequired, Refusal::OnlyChosenKeys);
    let later = Refusal::Unverified(ConnectionStatus::ExchangeUnavailable, None);
    document::refuses(document::limited(operation), &[Refusal::Duplicate, Refusal::Full])
        .steps_up()
        .answer(403, without.message(), &without.body())
        .answer(403, unproven.message(), &unproven.body())
        .answer(403, chosen.message(), &chosen.body())
        .answer(503, later.message(), &later.body())
        .body::<CreateApiKeyRequest>(json!({
            "exchange": "okx", "label": "main account", "api_key": "0b2a5c4e-52d4-4f8e-9c0f-1c1f2c1c1a11",
            "secret": "7E1D6A1B0C5F4E8D9A2B3C4D5E6F7A8B", "passphrase": "correct-horse", "environment": "live",
        }))
        .ok(&ApiKeyResponse::of_key("API key created", KeyView::example()))
}
