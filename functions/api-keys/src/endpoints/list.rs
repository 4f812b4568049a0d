//! `GET /api/v1/api-keys/`: the keys of an account, newest first, without their secrets.

use axum::extract::State;
use schemars::JsonSchema;
use serde::Serialize;
use shared::{
    caller::{Actor, Allowed, scope},
    error::Error,
    http::{Operation, Page, Query, Reply},
    ids::KeyId,
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

/// A page of the keys.
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

/// One page of the keys: one query, whatever the number of keys.
pub async fn list(
    State(vault): State<Vault>,
    actor: Allowed<scope::KeysRead>,
    Query(page): Query<Page>,
) -> Replied<ApiKeyList> {
    let (account, own) = (actor.account_id(), vault.key().await?);
    let before = page.after(|cursor| own.open_cursor(LIST, account, cursor))?;
    let (found, has_more) = match actor.only_keys() {
        None => {
            let before = before.map(|id| Row::ExchangeKey(account, id));
            vault.app.store.newest(Rows::ExchangeKeysOf(account), page.rows(), before).await?
        }
        Some(_) => (vault.chosen(&actor, page.rows(), before).await?, false),
    };
    let (keys, next) = page.cut(found, has_more, |record: &KeyRecord| own.cursor(LIST, account, &record.id));
    Ok(Reply::ok(ApiKeyList::new(keys.into_iter().map(|record| vault.view(record)).collect(), next)))
}

impl Vault {
    /// At least `rows` of the keys that an actor may see, newest first, from below `before` on, or all that there are. One query, unless
    /// the keys come to more than 1 MB.
    async fn chosen(&self, actor: &Actor, rows: u16, mut before: Option<KeyId>) -> Result<Vec<KeyRecord>, Error> {
        let (account, mut chosen) = (actor.account_id(), Vec::new());
        loop {
            let from = before.map(|id| Row::ExchangeKey(account, id));
            let all = Rows::ExchangeKeysOf(account);
            let (found, has_more): (Vec<KeyRecord>, _) = self.app.store.newest(all, u16::MAX, from).await?;
            before = found.last().map(|record| record.id);
            chosen.extend(found.into_iter().filter(|record| actor.may_use(record.id)));
            if !has_more || chosen.len() >= usize::from(rows) {
                return Ok(chosen);
            }
        }
    }
}

pub fn document() -> Operation {
    operation::<scope::KeysRead>(
        "list_api_keys",
        "The caller's keys, newest first, without their secrets and with their names masked. A personal token that is good for chosen keys \
         only sees no others.",
    )
    .query::<Page>()
    .ok_in_an_object(&ApiKeyList::new(vec![KeyView::example()], None))
}
