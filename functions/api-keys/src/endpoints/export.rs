//! `GET /api/v1/api-keys/export`: everything that the vault knows about the caller, in pages. Names are masked, and no secret is opened.

use axum::extract::State;
use schemars::JsonSchema;
use serde::Serialize;
use shared::{
    caller::Caller,
    error::Error,
    export::{Asked, Export, ExportCursor, Exporter, MOST_ROWS},
    http::{Operation, Query, Reply},
    ids::{EventId, KeyId},
    now::Now,
    tables::{Row, Rows},
    time::Timestamp,
};

use crate::{
    audit::AccessEvent,
    record::KeyRecord,
    state::Vault,
    view::{EventView, KeyView},
};

/// What the vault knows. Every member is always there; `part` says which one is not empty.
#[derive(Serialize, JsonSchema)]
pub struct VaultExport {
    /// The keys, without their secrets and with their names masked.
    api_keys: Vec<KeyView>,
    /// The accesses to all keys in the last 400 days, also to those that are gone.
    events: Vec<ExportedAccess>,
}

/// An access and the key that it was to.
#[derive(Serialize, JsonSchema)]
struct ExportedAccess {
    /// Names the key.
    key_id: String,
    /// The access.
    event: EventView,
}

/// Where the export goes on.
enum Place {
    Keys(KeyId),
    Events(Option<(KeyId, EventId)>),
}

impl Place {
    const KEYS: u8 = b'k';
    const EVENTS: u8 = b'e';

    fn read(bytes: &[u8]) -> Option<Self> {
        let (part, after) = bytes.split_first()?;
        match (*part, after.len()) {
            (Self::KEYS, 16) => Some(Self::Keys(KeyId::from_bytes(after.try_into().ok()?))),
            (Self::EVENTS, 0) => Some(Self::Events(None)),
            (Self::EVENTS, 32) => {
                let (key, event) = after.split_at(16);
                let (key, event) = (key.try_into().ok()?, event.try_into().ok()?);
                Some(Self::Events(Some((KeyId::from_bytes(key), EventId::from_bytes(event)))))
            }
            _ => None,
        }
    }

    fn bytes(&self) -> Vec<u8> {
        match self {
            Self::Keys(key) => [&[Self::KEYS][..], key.as_bytes()].concat(),
            Self::Events(None) => vec![Self::EVENTS],
            Self::Events(Some((key, event))) => [&[Self::EVENTS][..], key.as_bytes(), event.as_bytes()].concat(),
        }
    }
}

/// The keys, and then the accesses.
pub async fn export(
    State(vault): State<Vault>,
    caller: Caller,
    Now(now): Now,
    Query(cursor): Query<ExportCursor>,
) -> Result<Reply<Export<VaultExport>>, Error> {
    caller.confirmed(now)?;
    let asked = Exporter::Vault.page(&vault.app.store, caller.account_id(), &cursor, Place::read, now).await?;
    Ok(Reply::ok(match asked.place {
        None => vault.export_keys(asked, &caller, None).await?,
        Some(Place::Keys(after)) => vault.export_keys(asked, &caller, Some(after)).await?,
        Some(Place::Events(after)) => vault.export_events(asked, &caller, after, now).await?,
    }))
}

impl Vault {
    async fn export_keys(
        &self,
        asked: Asked<'_, Place>,
        caller: &Caller,
        after: Option<KeyId>,
    ) -> Result<Export<VaultExport>, Error> {
        let account = caller.account_id();
        let before = after.map(|key| Row::ExchangeKey(account, key));
        let rows = Rows::ExchangeKeysOf(account);
        let (found, has_more) = self.app.store.newest::<KeyRecord>(rows, MOST_ROWS, before).await?;
        let last = found.last().map(|record| record.id).filter(|_| has_more);
        let next = last.map_or(Place::Events(None), Place::Keys);
        let api_keys = found.into_iter().map(|record| self.view(record)).collect();
        asked.tells("api_keys", VaultExport { api_keys, events: Vec::new() }, Some(next.bytes())).await
    }

    async fn export_events(
        &self,
        asked: Asked<'_, Place>,
        caller: &Caller,
        after: Option<(KeyId, EventId)>,
        now: Timestamp,
    ) -> Result<Export<VaultExport>, Error> {
        let account = caller.account_id();
        let before = after.map(|(key, event)| Row::AccessEvent(account, key, event));
        let rows = Rows::AllAccessEventsOf(account);
        let (mut found, has_more) = self.app.store.newest::<AccessEvent>(rows, MOST_ROWS, before).await?;
        let last = found.last().filter(|_| has_more).map(|event| (event.key, event.id));
        found.retain(|event| event.is_visible(now));
        let events = found.into_iter().map(ExportedAccess::from).collect();
        let next = last.map(|last| Place::Events(Some(last)).bytes());
        asked.tells("events", VaultExport { api_keys: Vec::new(), events }, next).await
    }
}

impl From<AccessEvent> for ExportedAccess {
    fn from(event: AccessEvent) -> Self {
        Self { key_id: event.key.to_string(), event: EventView::from(event) }
    }
}

pub fn document() -> Operation {
    let data = VaultExport { api_keys: vec![KeyView::example()], events: Vec::new() };
    let moment = Timestamp::from_second(1_795_341_600);
    Operation::new(
        "export_api_keys",
        "Everything that the vault knows about the caller, in pages: the keys, without their secrets and with their names masked, then \
         the accesses to them. Three first pages a day.",
    )
    .tag("API keys")
    .protected()
    .query::<ExportCursor>()
    .ok(&Export::example("api_keys", data, Some(&Place::Events(None).bytes()), moment))
    .steps_up()
    .fails(&Error::TooManyRequests(0))
    .depends()
}
