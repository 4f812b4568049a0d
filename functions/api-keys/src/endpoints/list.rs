//! `GET /api/v1/api-keys/`: the caller's keys, newest first, without their secrets.

use axum::extract::State;
use schemars::JsonSchema;
use serde::Serialize;
use shared::{
    caller::Caller,
    http::{Operation, Page, Query, Reply},
    tables::{Row, Rows},
};

use crate::{
    document::operation,
    record::KeyRecord,
    state::Vault,
    view::{KeyView, Replied},
};

/// What a cursor of this list is good for.
const LIST: &[u8] = b"keys";

/// A page of the caller's keys.
#[derive(Serialize, JsonSchema)]
pub struct ApiKeyList {
    /// Always true.
    success: bool,
    /// What this is, in English.
    message: &'static str,
    /// The page of the list of keys.
    data: ApiKeyPage,
}

/// Some of the keys, newest first.
#[derive(Serialize, JsonSchema)]
struct ApiKeyPage {
    /// The keys.
    api_keys: Vec<KeyView>,
    /// What to ask for the next page with; null on the last one.
    next_cursor: Option<String>,
}

impl ApiKeyList {
    const fn new(api_keys: Vec<KeyView>, next_cursor: Option<String>) -> Self {
        Self { success: true, message: "API keys", data: ApiKeyPage { api_keys, next_cursor } }
    }
}

/// One page of the caller's keys: one query, whatever the number of keys.
pub async fn list(State(vault): State<Vault>, caller: Caller, Query(page): Query<Page>) -> Replied<ApiKeyList> {
    let (account, own) = (caller.account_id(), vault.key().await?);
    let before = page.after(|cursor| own.open_cursor(LIST, account, cursor))?;
    let before = before.map(|id| Row::ExchangeKey(account, id));
    let (found, has_more) = vault.app.store.newest(Rows::ExchangeKeysOf(account), page.rows(), before).await?;
    let (keys, next) = page.cut(found, has_more, |record: &KeyRecord| own.cursor(LIST, account, &record.id));
    Ok(Reply::ok(ApiKeyList::new(keys.into_iter().map(|record| vault.view(record)).collect(), next)))
}

pub fn document() -> Operation {
    operation("list_api_keys", "The caller's keys, newest first, without their secrets and with their names masked.")
        .query::<Page>()
        .ok_in_an_object(&ApiKeyList::new(vec![KeyView::example()], None))
}
