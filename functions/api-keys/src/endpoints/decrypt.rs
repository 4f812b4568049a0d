//! `POST /api/v1/api-keys/{key_id}/decrypt`: the only way for a secret out of the vault.

use std::time::Instant;

use axum::extract::State;
use shared::{
    caller::scope,
    http::{Operation, Reply},
    store::{Condition, Raced, Update},
    tables::Row,
};

use crate::{
    access::{Access, AllowedAccess},
    audit::AccessAction,
    conditions::accessed,
    document::{self, operation},
    keys::RECORD,
    limits::{DECRYPTS_BY_ACCOUNT, DECRYPTS_BY_KEY},
    record::KeyRecord,
    refusal::Refusal,
    state::Vault,
    view::{DecryptedApiKeyResponse, Replied},
};

/// Shows a key and its secret to its owner.
pub async fn decrypt(
    State(vault): State<Vault>,
    access: AllowedAccess<scope::KeysDecrypt>,
) -> Replied<DecryptedApiKeyResponse> {
    let since = Instant::now();
    vault.count(DECRYPTS_BY_ACCOUNT, &access, "").await?;
    let record = vault.find(access.account_id(), access.key).await?;
    let confirmed = vault.confirm(&access.actor, access.now);
    let confirmed = vault.or_refuse(&access, AccessAction::Decrypt, confirmed).await?;
    // Asked after that: a proof by a factor that is older than what shut the vault opens it.
    let by_change = access.actor.frozen_until(access.now);
    if let Some(seconds) = vault.app.vault_frozen_for(by_change, access.now).await? {
        return Err(vault.refuse(&access, AccessAction::Decrypt, Refusal::Frozen(seconds)).await);
    }
    vault.count(DECRYPTS_BY_KEY, &access, &record.sealed.fingerprint).await?;
    let record = vault.admit(&access, record, since).await?;
    match vault.reveal(&confirmed, access.key, &record).await {
        Ok(revealed) => {
            tracing::info!(event = "key_decrypted", exchange = record.exchange, "a key was shown to its owner");
            Ok(Reply::ok(DecryptedApiKeyResponse::new(revealed)))
        }
        // What was written down has not happened after all, and that is written down, too.
        Err(error) => Err(vault.refuse(&access, AccessAction::Decrypt, error.into()).await),
    }
}

impl Vault {
    /// A key that may be shown, after the access has been written down: what cannot be recorded is not shown.
    async fn admit(&self, access: &Access, mut record: KeyRecord, since: Instant) -> Result<KeyRecord, Refusal> {
        let mut contention = self.app.contention(RECORD, since);
        loop {
            if !record.is_active {
                return Err(self.refuse(access, AccessAction::Decrypt, Refusal::Disabled).await);
            }
            if self.blocks(record.sends_funds) {
                return Err(self.refuse(access, AccessAction::Decrypt, Refusal::CanWithdraw).await);
            }
            let event = self.event(access, AccessAction::Decrypt, "ok")?;
            let row = Update::new(Row::ExchangeKey(access.account_id(), access.key));
            let update = row.set("last_decrypted_at", &access.now)?;
            let update = update.when(Condition::equals("version", &record.version)?);
            let mut writes = accessed(access.account_id(), &record, update, &event)?;
            // What freezes the vault ends the session or the token: nothing is shown after it that was asked for before.
            writes.push(access.actor.still_allowed());
            match self.app.store.race(writes).await? {
                Raced::Won => return Ok(record),
                Raced::Obstructed => {
                    contention.lost().await?;
                    record = self.find(access.account_id(), access.key).await?;
                }
                Raced::Overtaken => {
                    access.actor.is_allowed(&self.app.store).await?;
                    record = self.again(access, &record, &mut contention).await?;
                }
            }
        }
    }
}

pub fn document() -> Operation {
    let operation = operation::<scope::KeysDecrypt>(
        "decrypt_api_key",
        "Shows a key and its secret to its owner, after the access has been written down. `data` holds the passphrase and \
         the address of the master wallet, too, where there is one. Up to 20 times a minute, and for one \
         credential, whatever its id, up to 20 times in ten minutes; each personal token counts by itself. After a password was set by a mailed link, a change of address, or the \
         owner's word that somebody else was at work, the vault shows nothing for a day (`VAULT_FROZEN`): `Retry-After` says for how long. \
         An account with second factors has to have proven one in the last five minutes (`STEP_UP_REQUIRED`), unless a personal token asks; one without is refused \
         where they are required (`MFA_REQUIRED`).",
    );
    let (frozen, without) = (Refusal::Frozen(0), Refusal::MfaRequired);
    document::limited(document::refuses(document::of_key(operation), &[Refusal::Disabled, Refusal::CanWithdraw]))
        .answer(409, frozen.message(), &frozen.body())
        .with_headers(&["Retry-After"])
        .steps_up()
        .answer(403, without.message(), &without.body())
        .ok(&DecryptedApiKeyResponse::example())
}
