//! `GET /api/v1/api-keys/{key_id}/events`: who did what with a key, newest first. Stays readable when the key is gone.

use axum::extract::State;
use serde_json::json;
use shared::{
    caller::Caller,
    http::{Operation, Query, Reply},
    keys::{Row, Rows},
};

use crate::{
    audit::{AccessEvent, EventView},
    document::{self, operation},
    input::Page,
    keys::KeyPath,
    model::{Answer, ApiKeyResponse},
    state::Vault,
};

/// One page of the accesses to a key.
pub async fn events(State(vault): State<Vault>, caller: Caller, path: KeyPath, Query(page): Query<Page>) -> Answer {
    let (key, account, own) = (path.id()?, caller.account(), vault.key().await?);
    // A cursor is good for one key: the list is named after it.
    let list = [&b"events"[..], key.as_bytes()].concat();
    let before = page.after(own, &list, &caller)?.map(|id| Row::AccessEvent(account, key, id));
    let mut found: (Vec<AccessEvent>, bool) =
        vault.app.store.newest(Rows::AccessEventsOf(account, key), page.limit + 1, before).await?;
    found.0.retain(|event| event.is_visible(vault.app.clock.now()));
    if found.0.is_empty() {
        // Nothing in 400 days, or never a key of the caller's.
        vault.find(&caller, key).await?;
    }
    let (events, next) = page.cut(found, |event| own.cursor(&list, account, &event.id));
    let events: Vec<_> = events.into_iter().map(EventView::from).collect();
    Ok(Reply::ok(ApiKeyResponse::new(true, "Access events", &json!({ "events": events, "next_cursor": next }))?))
}

/// What the OpenAPI document says of it.
pub fn document() -> Operation {
    let operation = operation(
        "api_key_events",
        "Who did what with a key in the last 400 days, newest first; also after the key has been deleted. `outcome` is `ok`, \
         the code of a refusal (`FAILED` where something was out of order), or how a test ended; `unknown` while a test is \
         under way, and where its end could not be written down.",
    );
    document::of_key(operation).query::<Page>().ok(&ApiKeyResponse::example(
        true,
        "Access events",
        json!({
            "events": [{
                "id": document::KEY_ID, "action": "decrypt", "outcome": "ok", "at": document::MOMENT,
                "user_id": "6f1c0c3a-2b47-4c0e-9d5e-2f7f0a4b8a11", "ip": "203.0.113.9", "user_agent": "Mozilla/5.0",
            }],
            "next_cursor": null,
        }),
    ))
}
