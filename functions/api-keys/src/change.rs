//! A change of a key: decided on what was seen of it, and written only if that is still so.

use std::time::Instant;

use shared::{
    caller::Confirmed,
    error::Error,
    ids::AccountId,
    store::{Condition, Put, Raced, Update, Write},
    tables::Row,
    time::Timestamp,
};

use crate::{
    access::Access,
    audit::AccessAction,
    conditions::{as_left, as_seen, fingerprint_as_seen},
    exchanges,
    input::{Given, KeptCredentials, UpdateApiKeyRequest},
    keys::{Look, RECORD, rolled_back},
    record::{KeyRecord, SealedCredentials},
    refusal::Refusal,
    state::Vault,
};

/// The credentials that a change brings, and that whoever does is confirmed.
pub struct Brought<'a> {
    pub(crate) given: &'a Given,
    pub(crate) confirmed: Confirmed,
}

impl Vault {
    /// Changes a key that was `seen` so, or as it is when its turn comes, for a request that came in at `since`.
    ///
    /// # Errors
    /// `NotFound`, `Duplicate`, `TooManyBlocked`, `Failed`; `Invalid` where the credentials are not complete.
    pub(crate) async fn change(
        &self,
        access: &Access,
        mut seen: KeyRecord,
        change: &UpdateApiKeyRequest,
        brought: Option<&Brought<'_>>,
        since: Instant,
    ) -> Result<KeyRecord, Refusal> {
        let (account, mut contention, mut renewal) = (access.account_id(), self.app.contention(RECORD, since), None);
        loop {
            renewal = self.renewal(access, &seen, brought, renewal).await?;
            let changed = changed(&seen, change, renewal.as_ref(), access.now)?;
            let mut writes = writes(account, &seen, &changed)?;
            writes.push(self.event(access, AccessAction::Update, "ok")?.write()?);
            writes.push(access.actor.still_allowed());
            if changed.sealed.secret_version != seen.sealed.secret_version {
                writes.push(self.told_of_new_secret(access, &changed)?);
            }
            match self.app.store.race(writes).await? {
                Raced::Won => return Ok(changed),
                Raced::Obstructed => {
                    contention.lost().await?;
                    seen = self.find(access.account_id(), access.key).await?;
                }
                // The session or the token has ended, the key has changed, or its new credential is kept already.
                Raced::Overtaken => {
                    access.actor.is_allowed(&self.app.store).await?;
                    seen = match self.look_again(access, &seen, &mut contention).await? {
                        Look::Same(_) if is_new(&seen, &changed) => return Err(Refusal::Duplicate),
                        Look::Changed(now) | Look::Same(now) => now,
                        Look::Tampered(_) => return Err(rolled_back()),
                    };
                }
            }
        }
    }

    /// The secret of a change, if it brings one, sealed for the version after the one that was seen. What was sealed `before` is still
    /// good unless another secret came meanwhile: only then is KMS called again.
    async fn renewal(
        &self,
        access: &Access,
        seen: &KeyRecord,
        brought: Option<&Brought<'_>>,
        before: Option<SealedCredentials>,
    ) -> Result<Option<SealedCredentials>, Refusal> {
        match (brought, before) {
            (None, _) => Ok(None),
            (_, Some(sealed)) if sealed.secret_version == seen.sealed.secret_version + 1 => Ok(Some(sealed)),
            (Some(brought), _) => self.renew(access, seen, brought).await.map(Some),
        }
    }

    async fn renew(
        &self,
        access: &Access,
        seen: &KeyRecord,
        Brought { given, confirmed }: &Brought<'_>,
    ) -> Result<SealedCredentials, Refusal> {
        let exchange = exchanges::find(&seen.exchange);
        let exchange = exchange.ok_or_else(|| Error::internal("a key of an exchange that is no longer known"))?;
        let mut binding = seen.binding(confirmed.account_id(), access.key);
        let name = self.key().await?.open_name(confirmed.account_id(), access.key, &seen.sealed.sealed_name)?;
        let kept = KeptCredentials { name, wallet_address: seen.sealed.wallet_address.clone() };
        let credentials = given.complete(exchange, Some(kept));
        let credentials = credentials.map_err(|broken| Error::invalid_all("body", broken))?;
        binding.record.version += 1;
        Ok(self.seal(confirmed, &binding, exchange, &credentials).await?)
    }
}

/// The key as it shall be.
fn changed(
    seen: &KeyRecord,
    change: &UpdateApiKeyRequest,
    renewal: Option<&SealedCredentials>,
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
    if let Some(sealed) = renewal {
        record.secret_rotated_at = Some(now);
        record.replaced_by(sealed.clone())?;
    }
    Ok(record)
}

/// Whether the key gets a credential that it has not kept before.
fn is_new(seen: &KeyRecord, changed: &KeyRecord) -> bool {
    changed.sealed.fingerprint != seen.sealed.fingerprint && !seen.has_left(&changed.sealed.fingerprint)
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
    if changed.sealed.secret_version == seen.sealed.secret_version {
        return Ok(vec![Write::Update(row), Write::Check(fingerprint_as_seen(seen, account)?)]);
    }
    let row = row
        .set_all(&changed.sealed)?
        .set("secret_rotated_at", &changed.secret_rotated_at)?
        .set("left", &changed.left)?
        .set("sends_funds", &changed.sends_funds)?
        .set_all(&changed.findings)?;
    let new = Put::new(Row::Fingerprint(&changed.sealed.fingerprint), &changed.as_kept(account))?;
    if changed.sealed.fingerprint == seen.sealed.fingerprint {
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

/// The write for the credential that a key no longer has: its row goes, or stays with the key that has left it behind.
fn left<'a>(account: AccountId, seen: &'a KeyRecord, changed: &KeyRecord) -> Result<Write<'a>, Error> {
    if !changed.has_left(&seen.sealed.fingerprint) {
        return Ok(Write::Delete(fingerprint_as_seen(seen, account)?));
    }
    let left = Put::new(Row::Fingerprint(&seen.sealed.fingerprint), &seen.as_left(account))?;
    Ok(Write::Put(as_seen(seen, account)?.into_iter().fold(left, Put::when)))
}
