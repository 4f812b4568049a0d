//! Reading whole tables. For operators' tools only: no role of a function allows it, and no request may cost that much.

use aws_sdk_dynamodb::types::AttributeValue;
use serde::de::DeserializeOwned;

use super::{Item, Store, from_item};
use crate::{aws::failure, error::Error, tables::AllRows};

/// Where a scan goes on.
pub struct Bookmark(Item);

/// A row that somebody came by who did not ask for it by its key.
pub struct Found(Item);

impl Found {
    pub(super) const fn new(item: Item) -> Self {
        Self(item)
    }

    /// Its partition key and its sort key: what says whose row it is. Empty where the row has none.
    #[must_use]
    pub fn key(&self) -> (&str, &str) {
        let text = |name| self.0.get(name).and_then(|value| value.as_s().ok()).map_or("", String::as_str);
        (text("pk"), text("sk"))
    }

    /// Its content.
    ///
    /// # Errors
    /// `Internal` when it is not a `T`.
    pub fn read<T: DeserializeOwned>(self) -> Result<T, Error> {
        from_item(self.0)
    }
}

impl Store {
    /// The next page of rows, in no order, and where the one after it begins. Pages may be empty: one call reads up to 1 MB of
    /// the table, whatever it is. Rows that are written meanwhile may or may not come up.
    ///
    /// # Errors
    /// `Unavailable`, `Internal`.
    pub async fn scan(&self, rows: AllRows, from: Option<Bookmark>) -> Result<(Vec<Found>, Option<Bookmark>), Error> {
        let request = self
            .db
            .scan()
            .table_name(self.name(rows.table()))
            .consistent_read(true)
            .filter_expression("begins_with(sk, :sk)")
            .expression_attribute_values(":sk", AttributeValue::S(rows.beginning().to_owned()))
            .set_exclusive_start_key(from.map(|Bookmark(key)| key));
        let answer = request.send().await.map_err(|error| failure("Scan", &error))?;
        let found = answer.items.unwrap_or_default().into_iter().map(Found).collect();
        Ok((found, answer.last_evaluated_key.map(Bookmark)))
    }
}
