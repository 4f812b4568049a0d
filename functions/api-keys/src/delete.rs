//! `DELETE /api/v1/api-keys/{key_id}`: forgets a key. Its wrapped data key goes with it, so nothing is left to open.

use axum::extract::State;
use shared::{
    caller::{Caller, Origin},
    error::Error,
    http::{Operation, Reply},
    keys::Row,
    store::{Condition, Target, Write, Written},
};

use crate::{
    audit::{AccessEvent, Action},
    document::{self, operation},
    keys::{KeyPath, ROUNDS, contended, fingerprint_as_seen},
    model::{Answer, ApiKeyResponse},
    record::KeyRecord,
    state::Vault,
};

/// Forgets a key and its fingerprint, all or nothing. A second time it is not found.
pub async fn delete(State(vault): State<Vault>, caller: Caller, origin: Origin, path: KeyPath) -> Answer {
    let key = path.id()?;
    let mut record = vault.find(&caller, key).await?;
    for _ in 0..ROUNDS {
        let event = vault.event((&caller, &origin, key), Action::Delete, "ok")?;
        match vault.app.store.transact(gone(&caller, &record, &event)?).await? {
            Written::Done(()) => return Ok(Reply::ok(ApiKeyResponse::bare(true, "API key deleted"))),
            Written::Conflict(_) => record = vault.again(&caller, key, &record).await?,
        }
    }
    Err(contended())
}

fn gone<'a>(caller: &Caller, record: &'a KeyRecord, event: &AccessEvent) -> Result<Vec<Write<'a>>, Error> {
    let account = caller.account();
    let row = Target::new(Row::ExchangeKey(account, record.id)).when(Condition::equals("version", &record.version)?);
    let fingerprint = fingerprint_as_seen(record, account)?;
    Ok(vec![Write::Delete(row), Write::Delete(fingerprint), event.write()?])
}

/// What the OpenAPI document says of it.
pub fn document() -> Operation {
    let operation = operation(
        "delete_api_key",
        "Forgets a key. What was deleted stays in encrypted backups of the table for up to 35 days.",
    );
    document::of_key(operation).ok(&ApiKeyResponse::bare(true, "API key deleted"))
}
