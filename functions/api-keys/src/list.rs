//! `GET /api/v1/api-keys/`: the caller's keys, newest first, without their secrets.

use axum::extract::State;
use schemars::JsonSchema;
use serde::Serialize;
use shared::{
    caller::Caller,
    error::Error,
    http::{Flaw, Operation, Query, Reply},
    ids::Id,
    keys::{Row, Rows},
};

use crate::{
    document::operation, input::Page, model::Answer, record::KeyRecord, secret::VaultKey, state::Vault, view::KeyView,
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
    /// The page.
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
pub async fn list(State(vault): State<Vault>, caller: Caller, Query(page): Query<Page>) -> Answer<ApiKeyList> {
    let (account, own) = (caller.account(), vault.key().await?);
    let before = page.after(own, LIST, &caller)?.map(|id| Row::ExchangeKey(account, id));
    let found = vault.app.store.newest(Rows::ExchangeKeysOf(account), page.limit + 1, before).await?;
    let (keys, next) = page.cut(found, |record: &KeyRecord| own.cursor(LIST, account, &record.id));
    Ok(Reply::ok(ApiKeyList::new(keys.into_iter().map(|record| vault.view(record)).collect(), next)))
}

impl Page {
    /// Where the page begins.
    ///
    /// # Errors
    /// `Invalid` when the cursor was not given out for this list of this caller's.
    pub(crate) fn after<Kind>(&self, own: &VaultKey, list: &[u8], caller: &Caller) -> Result<Option<Id<Kind>>, Error> {
        let Some(cursor) = &self.cursor else { return Ok(None) };
        match own.open_cursor(list, caller.account(), cursor) {
            Some(id) => Ok(Some(id)),
            None => Err(Error::invalid("query", "cursor", Flaw::value("cursor is none that this list gave out"))),
        }
    }

    /// The page out of what was found, and the cursor of the next one if there is more.
    pub(crate) fn cut<T>(
        &self,
        (mut found, has_more): (Vec<T>, bool),
        cursor: impl Fn(&T) -> String,
    ) -> (Vec<T>, Option<String>) {
        // One more was asked for, so that a last page that is full is known to be the last.
        let limit = usize::from(self.limit);
        let has_more = has_more || found.len() > limit;
        found.truncate(limit);
        let next = found.last().filter(|_| has_more).map(cursor);
        (found, next)
    }
}

/// What the OpenAPI document says of it.
pub fn document() -> Operation {
    operation("list_api_keys", "The caller's keys, newest first, without their secrets and with their names masked.")
        .query::<Page>()
        .ok_in_an_object(&ApiKeyList::new(vec![KeyView::example()], None))
}
