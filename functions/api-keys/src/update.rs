//! `PATCH /api/v1/api-keys/{key_id}`: label, switch, credentials.

use std::time::Instant;

use axum::extract::State;
use serde_json::json;
use shared::{
    caller::{Caller, Origin},
    error::Error,
    http::{Body, Operation, Reply},
    ids::{AccountId, KeyId},
    keys::Row,
    seal::{Binding, Envelope},
    store::{Condition, Put, Raced, Update, Write},
    time::Timestamp,
};

use crate::{
    audit::Action,
    document::{self, operation},
    exchanges::{self, KeyType},
    input::{Given, Kept, UpdateApiKeyRequest},
    keys::{KeyPath, Look, RECORD, as_left, as_seen, fingerprint_as_seen, identity, rolled_back},
    model::{Answer, ApiKeyResponse, Refusal},
    record::{Former, KeyRecord, masked},
    state::Vault,
    view::KeyView,
};

/// Changes a key of the caller's. A new secret is a new version under a new data key; the old one is gone.
pub async fn update(
    State(vault): State<Vault>,
    caller: Caller,
    origin: Origin,
    path: KeyPath,
    Body(change): Body<UpdateApiKeyRequest>,
) -> Answer {
    let (key, mut contention) = (path.id()?, vault.app.contention(RECORD, Instant::now()));
    let mut seen = vault.find(&caller, key).await?;
    change.fits(&seen)?;
    if change.is_empty() {
        return Ok(Reply::ok(ApiKeyResponse::of_key("Nothing to change", vault.view(seen))));
    }
    if !change.given.is_empty() {
        vault.permit(&caller).await?;
    }
    let mut renewal = None;
    loop {
        renewal = vault.renewal((caller.account(), key), &seen, &change, renewal).await?;
        let changed = changed(&seen, &change, renewal.as_ref(), vault.app.clock.now())?;
        let event = vault.event((&caller, &origin, key), Action::Update, "ok")?;
        let mut writes = writes(caller.account(), &seen, &changed)?;
        writes.push(event.write()?);
        match vault.app.store.race(writes).await? {
            Raced::Won => {
                return Ok(Reply::ok(ApiKeyResponse::of_key("API key updated", vault.view(changed))));
            }
            Raced::Obstructed => {
                contention.lost().await?;
                seen = vault.find(&caller, key).await?;
            }
            // Either the key has changed, or its new credential is kept already.
            Raced::Overtaken => {
                seen = match vault.look_again((&caller, key), &seen, &mut contention).await? {
                    Look::Same(_) if is_new(&seen, &changed) => return Err(Refusal::Duplicate),
                    Look::Changed(now) | Look::Same(now) => now,
                    Look::Tampered(_) => return Err(rolled_back()),
                };
            }
        }
    }
}

/// A new secret and what belongs to it, sealed for the version after the one that was seen.
struct Renewal {
    secret_version: u64,
    envelope: Envelope,
    sealed_name: String,
    masked: String,
    key_type: KeyType,
    wallet_address: Option<String>,
    credential: Former,
}

impl Vault {
    /// The secret of a change, if it brings one, sealed for the key as it was seen. What was sealed `before` is still good unless another
    /// secret came meanwhile: only then is KMS called again.
    async fn renewal(
        &self,
        place: (AccountId, KeyId),
        seen: &KeyRecord,
        change: &UpdateApiKeyRequest,
        before: Option<Renewal>,
    ) -> Result<Option<Renewal>, Refusal> {
        match before {
            _ if change.given.is_empty() => Ok(None),
            Some(renewal) if renewal.secret_version == seen.secret_version + 1 => Ok(Some(renewal)),
            _ => self.renew(place, seen, &change.given).await.map(Some),
        }
    }

    async fn renew(
        &self,
        (account, key): (AccountId, KeyId),
        seen: &KeyRecord,
        given: &Given,
    ) -> Result<Renewal, Refusal> {
        let exchange = exchanges::find(&seen.exchange);
        let exchange = exchange.ok_or_else(|| Error::internal("a key of an exchange that is no longer known"))?;
        let own = self.key().await?;
        let name = own.open_name(account, key, &seen.sealed_name)?;
        let kept = Kept { name, wallet_address: seen.wallet_address.clone() };
        let credentials = given.complete(exchange, Some(kept));
        let credentials = credentials.map_err(|broken| Error::invalid_all("body", broken))?;
        let identity = identity(exchange, &credentials)?;
        let secret_version = seen.secret_version + 1;
        let binding = Binding { version: secret_version, ..seen.binding(account, key) };
        Ok(Renewal {
            secret_version,
            envelope: self.seal(binding, &credentials).await?,
            sealed_name: own.seal_name(account, key, &credentials.api_key)?,
            masked: masked(&credentials.api_key),
            key_type: credentials.key_type,
            wallet_address: credentials.wallet_address,
            credential: Former { fingerprint: own.fingerprint(&identity), tags: own.tags(account, key, &identity) },
        })
    }
}

/// The key as it shall be.
fn changed(
    seen: &KeyRecord,
    change: &UpdateApiKeyRequest,
    renewal: Option<&Renewal>,
    now: Timestamp,
) -> Result<KeyRecord, Refusal> {
    let mut record = seen.clone();
    record.version += 1;
    record.updated_at = now;
    if let Some(label) = &change.label {
        record.label.clone_from(label);
    }
    if let Some(is_active) = change.is_active {
        record.is_active = is_active;
    }
    if let Some(renewal) = renewal {
        record.secret_version = renewal.secret_version;
        record.envelope = renewal.envelope.clone();
        record.sealed_name.clone_from(&renewal.sealed_name);
        record.masked.clone_from(&renewal.masked);
        record.key_type = renewal.key_type;
        record.wallet_address.clone_from(&renewal.wallet_address);
        record.secret_rotated_at = Some(now);
        record.replaced_by(renewal.credential.clone())?;
    }
    Ok(record)
}

/// Whether the key gets a credential that it has not kept before.
fn is_new(seen: &KeyRecord, changed: &KeyRecord) -> bool {
    changed.fingerprint != seen.fingerprint && !seen.has_left(&changed.fingerprint)
}

/// The change as writes, all under the condition that the key is still as it was seen. Attributes that this change does not decide
/// on are left to others.
fn writes<'a>(account: AccountId, seen: &'a KeyRecord, changed: &'a KeyRecord) -> Result<Vec<Write<'a>>, Error> {
    let row = Update::new(Row::ExchangeKey(account, seen.id))
        .set("label", &changed.label)?
        .set("is_active", &changed.is_active)?
        .set("updated_at", &changed.updated_at)?
        .set("version", &changed.version)?
        .when(Condition::equals("version", &seen.version)?);
    if changed.secret_version == seen.secret_version {
        return Ok(vec![Write::Update(row), Write::Check(fingerprint_as_seen(seen, account)?)]);
    }
    let row = row
        .set("secret_version", &changed.secret_version)?
        .set_all(&changed.envelope)?
        .set("fingerprint", &changed.fingerprint)?
        .set("sealed_name", &changed.sealed_name)?
        .set("masked", &changed.masked)?
        .set("key_type", &changed.key_type)?
        .set("wallet_address", &changed.wallet_address)?
        .set("secret_rotated_at", &changed.secret_rotated_at)?
        .set("tags", &changed.tags)?
        .set("left", &changed.left)?
        .set("sends_funds", &changed.sends_funds)?
        .set_all(&changed.findings)?;
    let new = Put::new(Row::Fingerprint(&changed.fingerprint), &changed.as_kept(account))?;
    if changed.fingerprint == seen.fingerprint {
        let new = as_seen(seen, account)?.into_iter().fold(new, Put::when);
        return Ok(vec![Write::Update(row), Write::Put(new)]);
    }
    let new = if is_new(seen, changed) {
        new.when(Condition::New)
    } else {
        as_left(seen, account)?.into_iter().fold(new, Put::when)
    };
    Ok(vec![Write::Update(row), Write::Put(new), left(account, seen, changed)?])
}

/// What becomes of the credential that was `seen`.
fn left<'a>(account: AccountId, seen: &'a KeyRecord, changed: &KeyRecord) -> Result<Write<'a>, Error> {
    if !changed.has_left(&seen.fingerprint) {
        return Ok(Write::Delete(fingerprint_as_seen(seen, account)?));
    }
    let left = Put::new(Row::Fingerprint(&seen.fingerprint), &seen.as_left(account))?;
    Ok(Write::Put(as_seen(seen, account)?.into_iter().fold(left, Put::when)))
}

/// What the OpenAPI document says of it.
pub fn document() -> Operation {
    let operation = operation(
        "update_api_key",
        "Changes a key: its label, whether it may be used, its credentials. A new secret comes with all that belongs to it; \
         the name of the key may stay away if it is the same. What is blocked stays blocked under the same name and with \
         the same secret. A credential that a test has found to send funds stays with its key until that is deleted: what comes \
         back is blocked as it was, no other key gets it, and of more than 20 the next is refused. Exchange and environment cannot change. \
         `data` is the key as it is now.",
    );
    let refusal = Refusal::KycRequired;
    document::refuses(document::of_key(operation), &[Refusal::Duplicate, Refusal::TooManyBlocked])
        .answer(403, refusal.message(), &refusal.body())
        .body::<UpdateApiKeyRequest>(json!({ "label": "second account", "is_active": true }))
        .ok(&ApiKeyResponse::of_key("API key updated", KeyView::example()))
}
