//! `DELETE /api/v1/api-keys/{key_id}`: forgets a key. Its wrapped data key goes with it, so nothing is left to open.

use axum::extract::State;
use shared::{
    caller::{Caller, Origin},
    error::Error,
    http::{Operation, Reply},
    ids::KeyId,
    keys::Row,
    store::{Condition, Raced, Target, Write},
};

use crate::{
    audit::{AccessEvent, Action},
    count::{Recount, one_less},
    document::{self, operation},
    keys::{KeyPath, RECORD, fingerprint_as_seen, rolled_back},
    model::{Answer, ApiKeyResponse, Refusal},
    record::KeyRecord,
    state::Vault,
};

/// Forgets a key and its fingerprint, all or nothing. A second time it is not found.
pub async fn delete(State(vault): State<Vault>, caller: Caller, origin: Origin, path: KeyPath) -> Answer {
    let key = path.id()?;
    let mut contention = vault.app.contention(RECORD);
    let mut sight = Sight::of(vault.find(&caller, key).await?);
    loop {
        let event = vault.event((&caller, &origin, key), Action::Delete, "ok")?;
        match vault.app.store.race(gone(&caller, &event, &sight)?).await? {
            Raced::Won => return Ok(Reply::ok(ApiKeyResponse::bare(true, "API key deleted"))),
            Raced::Obstructed => {
                contention.lost().await?;
                sight = Sight::of(vault.find(&caller, key).await?);
            }
            Raced::Overtaken => {
                contention.lost().await?;
                sight = vault.look_again(&caller, key, &sight.record).await?;
            }
        }
    }
}

/// What is known of a key that is to go.
struct Sight {
    record: KeyRecord,
    /// Whether its fingerprint names it.
    is_sound: bool,
    /// The keys, counted once more where somebody may have written to the table behind our back.
    recount: Option<Recount>,
}

impl Sight {
    /// A key that nothing seems to be wrong with.
    const fn of(record: KeyRecord) -> Self {
        Self { record, is_sound: true, recount: None }
    }
}

impl Vault {
    /// What it means that a key which was `seen` so did not go.
    async fn look_again(&self, caller: &Caller, key: KeyId, seen: &KeyRecord) -> Result<Sight, Refusal> {
        // In this order: where the key is still the same, nobody has moved its fingerprint in between.
        let is_sound = self.agrees(caller, seen).await?;
        let record = self.find(caller, key).await?;
        if !record.is_still(seen) {
            return Ok(Sight::of(record));
        }
        if !is_sound {
            let _alarm = rolled_back();
        }
        Ok(Sight { record, is_sound, recount: Some(self.recount(caller.account()).await?) })
    }
}

/// A record that somebody put back goes all the same; the fingerprint that does not name it stays.
fn gone<'a>(caller: &Caller, event: &AccessEvent, sight: &'a Sight) -> Result<Vec<Write<'a>>, Error> {
    let (account, record) = (caller.account(), &sight.record);
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
