//! `DELETE /api/v1/api-keys/{key_id}`: forgets a key. Its wrapped data key goes with it, so nothing is left to open.

use std::time::Instant;

use axum::extract::State;
use shared::{
    caller::scope,
    error::Error,
    http::{Operation, Reply},
    ids::AccountId,
    store::{Condition, Expected, Raced, Write},
    tables::Row,
};

use crate::{
    access::AllowedAccess,
    audit::{AccessAction, AccessEvent},
    conditions::{as_left, fingerprint_as_seen},
    count::{Recount, one_less},
    document::{self, operation},
    keys::{Look, RECORD, rolled_back},
    record::KeyRecord,
    state::Vault,
    view::{ApiKeyResponse, Replied},
};

/// Forgets a key, its fingerprint and those that it has left behind, all or nothing. A second time it is not found.
pub async fn delete(State(vault): State<Vault>, access: AllowedAccess<scope::KeysWrite>) -> Replied {
    let mut contention = vault.app.contention(RECORD, Instant::now());
    let mut sight = Sight::of(vault.find(access.account_id(), access.key).await?);
    loop {
        let event = vault.event(&access, AccessAction::Delete, "ok")?;
        match vault.app.store.race(gone(access.account_id(), &event, &sight)?).await? {
            Raced::Won => return Ok(Reply::ok(ApiKeyResponse::bare("API key deleted"))),
            Raced::Obstructed => {
                contention.lost().await?;
                sight = Sight::of(vault.find(access.account_id(), access.key).await?);
            }
            Raced::Overtaken => {
                let look = vault.look_again(&access, &sight.record, &mut contention).await?;
                sight = vault.sight(access.account_id(), look).await?;
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
    /// What is known of a key that did not go.
    async fn sight(&self, account: AccountId, look: Look) -> Result<Sight, Error> {
        let mut sight = match look {
            Look::Changed(record) => return Ok(Sight::of(record)),
            Look::Same(record) => Sight::of(record),
            Look::Tampered(mut record) => {
                let _alarm = rolled_back();
                let is_sound = self.agrees(account, &record).await?;
                record.left = self.left_by(account, &record).await?;
                Sight { is_sound, ..Sight::of(record) }
            }
        };
        sight.recount = Some(self.recount(account).await?);
        Ok(sight)
    }
}

/// A record that somebody put back goes all the same; what does not name it stays. At most 24 writes, of 100 that a transaction may have.
fn gone<'a>(account: AccountId, event: &AccessEvent, sight: &'a Sight) -> Result<Vec<Write<'a>>, Error> {
    let record = &sight.record;
    let row = Expected::new(Row::ExchangeKey(account, record.id)).when(Condition::equals("version", &record.version)?);
    let count = sight.recount.map_or_else(|| one_less(account), |recount| recount.one_less(account));
    let mut writes = vec![Write::Delete(row), event.write()?, count?];
    if sight.is_sound {
        writes.push(Write::Delete(fingerprint_as_seen(record, account)?));
    }
    for former in &record.left {
        let row = Expected::new(Row::Fingerprint(&former.fingerprint));
        writes.push(Write::Delete(as_left(record, account)?.into_iter().fold(row, Expected::when)));
    }
    Ok(writes)
}

pub fn document() -> Operation {
    let operation = operation::<scope::KeysWrite>(
        "delete_api_key",
        "Forgets a key. What was deleted stays in encrypted backups of the table for up to 35 days. `data` is null.",
    );
    document::of_key(operation).ok(&ApiKeyResponse::bare("API key deleted"))
}
