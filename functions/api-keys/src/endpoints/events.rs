//! `GET /api/v1/api-keys/{key_id}/events`: who did what with a key, newest first. Stays readable when the key is gone.

use axum::extract::State;
use schemars::JsonSchema;
use serde::Serialize;
use shared::{
    caller::{Allowed, scope},
    http::{Operation, Page, Query, Reply},
    now::Now,
    tables::{Row, Rows},
};

use crate::{
    access::KeyPath,
    audit::AccessEvent,
    document::{self, operation},
    state::Vault,
    view::{EventView, Replied},
};

/// A page of the accesses to a key.
#[derive(Serialize, JsonSchema)]
pub struct AccessEventList {
    /// Always true.
    success: bool,
    /// What this is, in English.
    message: &'static str,
    /// The page of the list of accesses.
    data: AccessEventPage,
}

/// Some of the accesses, newest first.
#[derive(Serialize, JsonSchema)]
struct AccessEventPage {
    /// The accesses.
    events: Vec<EventView>,
    /// What to ask for the next page with; null on the last one.
    next_cursor: Option<String>,
}

impl AccessEventList {
    const fn new(events: Vec<EventView>, next_cursor: Option<String>) -> Self {
        Self { success: true, message: "Access events", data: AccessEventPage { events, next_cursor } }
    }
}

/// One page of the accesses to a key.
pub async fn events(
    State(vault): State<Vault>,
    actor: Allowed<scope::KeysRead>,
    path: KeyPath,
    Now(now): Now,
    Query(page): Query<Page>,
) -> Replied<AccessEventList> {
    let (key, account, own) = (path.key_for(&actor)?, actor.account_id(), vault.key().await?);
    // A cursor is good for one key: the list is named after it.
    let list = [&b"events"[..], key.as_bytes()].concat();
    let before = page.after(|cursor| own.open_cursor(&list, account, cursor))?;
    let before = before.map(|id| Row::AccessEvent(account, key, id));
    let rows = Rows::AccessEventsOf(account, key);
    let (mut found, has_more): (Vec<AccessEvent>, _) = vault.app.store.newest(rows, page.rows(), before).await?;
    found.retain(|event| event.is_visible(now));
    if found.is_empty() {
        // Nothing in 400 days, or never a key of this account.
        vault.find(account, key).await?;
    }
    let (events, next) = page.cut(found, has_more, |event| own.cursor(&list, account, &event.id));
    Ok(Reply::ok(AccessEventList::new(events.into_iter().map(EventView::from).collect(), next)))
}

pub fn document() -> Operation {
    let operation = operation::<scope::KeysRead>(
        "api_key_events",
        "Who did what with a key in the last 400 days, newest first; also after the key has been deleted. `outcome` is `ok`, \
         the code of a refusal (`FAILED` where something was out of order), or how a test ended; `unknown` while a test is \
         under way, and where its end could not be written down.",
    );
    let operation = document::of_key(operation.tag("API keys"));
    operation.query::<Page>().ok(&AccessEventList::new(vec![EventView::example()], None))
}
