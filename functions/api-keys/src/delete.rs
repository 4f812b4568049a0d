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
    keys::{KeyPath, ROUNDS, contended, fingerprint_as_seen, rolled_back},
    model::{Answer, ApiKeyResponse},
    record::KeyRecord,
    state::Vault,
};

/// Forgets a key and its fingerprint, all or nothing. A second time it is not found.
pub async fn delete(State(vault): State<Vault>, caller: Caller, origin: Origin, path: KeyPath) -> Answer {
    let key = path.id()?;
    let mut record = vault.find(&caller, key).await?;
    let mut is_sound = true;
    for _ in 0..ROUNDS {
        let event = vault.event((&caller, &origin, key), Action::Delete, "ok")?;
        match vault.app.store.transact(gone(&caller, &record, &event, is_sound)?).await? {
            Written::Done(()) => return Ok(Reply::ok(ApiKeyResponse::bare(true, "API key deleted"))),
            Written::Conflict(_) => {
                let now = vault.find(&caller, key).await?;
                // A record that somebody put back goes all the same; the fingerprint that does not name it stays.
                is_sound = now.version != record.version || vault.agrees(&caller, &now).await?;
                if !is_sound {
                    let _alarm = rolled_back();
                }
                record = now;
            }
        }
    }
    Err(contended())
}

fn gone<'a>(
    caller: &Caller,
    record: &'a KeyRecord,
    event: &AccessEvent,
    is_sound: bool,
) -> Result<Vec<Write<'a>>, Error> {
    let account = caller.account();
    let row = Target::new(Row::ExchangeKey(account, record.id)).when(Condition::equals("version", &record.version)?);
    let mut writes = vec![Write::Delete(row), event.write()?];
    if is_sound {
        writes.push(Write::Delete(fingerprint_as_seen(record, account)?));
    }
    Ok(writes)
}

/// What the OpenAPI document says of it.
pub fn document() -> Operation {
    let operation = operation(
        "delete_api_key",
        "Forgets a key. What was deleted stays in encrypted backups of the table for up to 35 days.",
    );
    document::of_key(operation).ok(&ApiKeyResponse::bare(true, "API key deleted"))
}
