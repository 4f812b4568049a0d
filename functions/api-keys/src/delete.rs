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
    count::{Recount, one_less},
    document::{self, operation},
    keys::{KeyPath, ROUNDS, contended, fingerprint_as_seen, rolled_back},
    model::{Answer, ApiKeyResponse},
    record::KeyRecord,
    state::Vault,
};

/// Forgets a key and its fingerprint, and counts one less, all or nothing. A second time it is not found.
pub async fn delete(State(vault): State<Vault>, caller: Caller, origin: Origin, path: KeyPath) -> Answer {
    let key = path.id()?;
    let mut record = vault.find(&caller, key).await?;
    let mut sight = Sight { is_sound: true, recount: None };
    for _ in 0..ROUNDS {
        let event = vault.event((&caller, &origin, key), Action::Delete, "ok")?;
        match vault.app.store.transact(gone(&caller, &record, &event, &sight)?).await? {
            Written::Done(()) => return Ok(Reply::ok(ApiKeyResponse::bare(true, "API key deleted"))),
            Written::Conflict(_) => {
                let now = vault.find(&caller, key).await?;
                sight = vault.sight(&caller, &record, &now).await?;
                record = now;
            }
        }
    }
    Err(contended())
}

/// What is known of a key that is to go.
struct Sight {
    /// Whether its fingerprint names it.
    is_sound: bool,
    /// The keys, counted once more where somebody may have written to the table behind our back.
    recount: Option<Recount>,
}

impl Vault {
    /// What it means that `seen`, which is `now` so, did not go.
    async fn sight(&self, caller: &Caller, seen: &KeyRecord, now: &KeyRecord) -> Result<Sight, Error> {
        if !now.is_still(seen) {
            return Ok(Sight { is_sound: true, recount: None });
        }
        let is_sound = self.agrees(caller, now).await?;
        if !is_sound {
            let _alarm = rolled_back();
        }
        Ok(Sight { is_sound, recount: Some(self.recount(caller.account()).await?) })
    }
}

/// A record that somebody put back goes all the same; the fingerprint that does not name it stays.
fn gone<'a>(
    caller: &Caller,
    record: &'a KeyRecord,
    event: &AccessEvent,
    sight: &Sight,
) -> Result<Vec<Write<'a>>, Error> {
    let account = caller.account();
    let row = Target::new(Row::ExchangeKey(account, record.id)).when(Condition::equals("version", &record.version)?);
    let count = sight.recount.map_or_else(|| one_less(account), |recount| recount.one_less(account));
    let mut writes = vec![Write::Delete(row), event.write()?, count?];
    if sight.is_sound {
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
