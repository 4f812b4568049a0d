//! `POST /api/v1/api-keys/{key_id}/decrypt`: the only way for a secret out of the vault.

use std::time::{Duration, Instant};

use axum::extract::State;
use shared::{
    caller::{Caller, Origin},
    http::{Operation, Reply},
    ids::KeyId,
    keys::Row,
    limits::Limit,
    store::{Condition, Raced, Update},
};

use crate::{
    audit::Action,
    document::{self, operation},
    keys::{KeyPath, RECORD, accessed},
    model::{Answer, DecryptedApiKeyResponse, Refusal},
    record::KeyRecord,
    state::Vault,
};

/// A program asks once when it starts; whoever asks for more collects. A key is counted by its credential, which may be stored anew.
const BY_KEY: Limit = Limit { name: "DECRYPT#KEY", times: 20, span: Duration::from_mins(10) };
const BY_ACCOUNT: Limit = Limit { name: "DECRYPT#ACCOUNT", times: 20, span: Duration::from_mins(1) };

/// Shows a key and its secret to its owner.
pub async fn decrypt(
    State(vault): State<Vault>,
    caller: Caller,
    origin: Origin,
    path: KeyPath,
) -> Answer<DecryptedApiKeyResponse> {
    let (key, since) = (path.id()?, Instant::now());
    vault.count(BY_ACCOUNT, &caller, "").await?;
    let record = vault.find(&caller, key).await?;
    vault.count(BY_KEY, &caller, &record.fingerprint).await?;
    let record = vault.admit((&caller, &origin, key), record, since).await?;
    match vault.open(&caller, key, &record).await {
        Ok(credentials) => {
            tracing::info!(event = "key_decrypted", exchange = record.exchange, "a key was shown to its owner");
            Ok(Reply::ok(DecryptedApiKeyResponse::new(credentials)))
        }
        // What was written down has not happened after all, and that is written down, too.
        Err(error) => Err(vault.refuse((&caller, &origin, key), Action::Decrypt, error.into()).await),
    }
}

impl Vault {
    /// A key that may be shown, after the access has been written down: what cannot be recorded is not shown.
    async fn admit(
        &self,
        who: (&Caller, &Origin, KeyId),
        mut record: KeyRecord,
        since: Instant,
    ) -> Result<KeyRecord, Refusal> {
        let (caller, _, key) = who;
        let mut contention = self.app.contention(RECORD, since);
        loop {
            if !record.is_active {
                return Err(self.refuse(who, Action::Decrypt, Refusal::Disabled).await);
            }
            if self.is_blocked(&record) {
                return Err(self.refuse(who, Action::Decrypt, Refusal::CanWithdraw).await);
            }
            let event = self.event(who, Action::Decrypt, "ok")?;
            let row = Update::new(Row::ExchangeKey(caller.account(), key));
            let update = row.set("last_decrypted_at", &self.app.clock.now())?;
            let update = update.when(Condition::equals("version", &record.version)?);
            match self.app.store.race(accessed(caller.account(), &record, update, &event)?).await? {
                Raced::Won => return Ok(record),
                Raced::Obstructed => {
                    contention.lost().await?;
                    record = self.find(caller, key).await?;
                }
                Raced::Overtaken => record = self.again((caller, key), &record, &mut contention).await?,
            }
        }
    }
}

/// What the OpenAPI document says of it.
pub fn document() -> Operation {
    let operation = operation(
        "decrypt_api_key",
        "Shows a key and its secret to its owner, after the access has been written down. `data` holds the passphrase and \
         the address of the master wallet, too, where there is one. Up to 20 times a minute, and for one \
         credential, whatever its id, up to 20 times in ten minutes.",
    );
    document::limited(document::refuses(document::of_key(operation), &[Refusal::Disabled, Refusal::CanWithdraw]))
        .ok(&DecryptedApiKeyResponse::example())
}
