//! The only module that says DynamoDB. Reads are strongly consistent; writes state their conditions.

mod commit;
mod condition;
mod expression;
mod item;
mod scan;
mod sweep;
mod write;

use std::{collections::HashMap, panic::Location};

use aws_config::SdkConfig;
use aws_sdk_dynamodb::{Client, operation::query::builders::QueryFluentBuilder, types::AttributeValue};
use futures::TryFutureExt;
use serde::de::DeserializeOwned;

use crate::{
    aws::failure,
    error::Error,
    tables::{Row, Rows, Table},
};
pub use condition::Condition;
use item::from_item;
pub use scan::{Bookmark, Found};
pub use sweep::readable;
use write::unbuildable;
pub use write::{Expected, Put, Update, Write};

type Item = HashMap<String, AttributeValue>;

/// The tables.
#[derive(Clone, Debug)]
pub struct Store {
    db: Client,
    prefix: String,
}

/// How a conditional write ended. A conflict is no error until the caller says what it means.
#[must_use]
pub enum Written<T> {
    /// It took place.
    Done(T),
    /// Its condition did not hold, nothing was written. Holds the row as it is, when the row exists and the write was a single one.
    Conflict(Option<Conflict>),
}

/// How a round of a competition ended.
#[must_use]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Raced {
    /// The write took place.
    Won,
    /// A condition did not hold, nothing was written: somebody else has written since.
    Overtaken,
    /// Somebody else is writing, nothing was written. Of the conditions that says nothing.
    Obstructed,
}

/// The row that refused a write.
pub struct Conflict(Item);

impl Conflict {
    /// The row's content.
    ///
    /// # Errors
    /// `Internal` when it is not a `T`.
    #[track_caller]
    pub fn read<T: DeserializeOwned>(self) -> Result<T, Error> {
        from_item(self.0)
    }
}

impl Store {
    /// Tables called `PREFIX-NAME`, in the account and region of `config`.
    #[must_use]
    pub fn new(config: &SdkConfig, prefix: &str) -> Self {
        Self { db: Client::new(config), prefix: prefix.to_owned() }
    }

    /// The content of a row, `None` when there is none.
    ///
    /// # Errors
    /// `Unavailable`; `Internal` when the row is not a `T`.
    #[track_caller]
    pub fn get<T: DeserializeOwned>(&self, row: Row<'_>) -> impl Future<Output = Result<Option<T>, Error>> {
        asked_at(Location::caller(), async move {
            let request = self.db.get_item().table_name(self.name(row.table())).set_key(Some(key_of(&row)));
            let answer = request.consistent_read(true).send().await.map_err(|error| failure("GetItem", &error))?;
            answer.item.map(from_item).transpose()
        })
    }

    /// All rows of a group.
    ///
    /// # Errors
    /// `Unavailable`; `Internal` when a row is not a `T`.
    #[track_caller]
    pub fn query<T: DeserializeOwned>(&self, rows: Rows<'_>) -> impl Future<Output = Result<Vec<T>, Error>> {
        asked_at(Location::caller(), async move {
            let mut pages = self.rows(rows).into_paginator().items().send();
            let mut found = Vec::new();
            while let Some(item) = pages.next().await {
                found.push(from_item(item.map_err(|error| failure("Query", &error))?)?);
            }
            Ok(found)
        })
    }

    /// Up to `limit` rows of a group, the last in sort order first, from below the row `before` on, and whether there may be more:
    /// a page ends after 1 MB, too. Those that are no `T` are [left out](readable). One call, unless that leaves nothing of a page: none is
    /// empty but the last.
    ///
    /// # Errors
    /// `Unavailable`, `Internal`.
    #[track_caller]
    pub fn newest<T: DeserializeOwned>(
        &self,
        rows: Rows<'_>,
        limit: u16,
        before: Option<Row<'_>>,
    ) -> impl Future<Output = Result<(Vec<T>, bool), Error>> {
        let place = Location::caller();
        asked_at(place, async move {
            let mut from = before.as_ref().map(key_of);
            loop {
                let request = self.rows(rows).scan_index_forward(false).limit(i32::from(limit));
                let answer = request.set_exclusive_start_key(from).send().await;
                let answer = answer.map_err(|error| failure("Query", &error))?;
                let items = answer.items.unwrap_or_default().into_iter();
                let found = readable(items.map(|item| from_item(item).map_err(|error: Error| error.at(place))));
                from = answer.last_evaluated_key;
                if !found.is_empty() || from.is_none() {
                    return Ok((found, from.is_some()));
                }
            }
        })
    }

    /// Up to `limit` rows of a group, the first in sort order first: fewer where they come to more than 1 MB. Each row is for itself: one
    /// that is no `T` does not stand in the way of the others. One call.
    ///
    /// # Errors
    /// `Unavailable`, `Internal`.
    #[track_caller]
    pub fn first_each<T: DeserializeOwned>(
        &self,
        rows: Rows<'_>,
        limit: u16,
    ) -> impl Future<Output = Result<Vec<Result<T, Error>>, Error>> {
        let place = Location::caller();
        asked_at(place, async move {
            let request = self.rows(rows).limit(i32::from(limit));
            let answer = request.send().await.map_err(|error| failure("Query", &error))?;
            let rows = answer.items.unwrap_or_default().into_iter();
            Ok(rows.map(|row| from_item(row).map_err(|error: Error| error.at(place))).collect())
        })
    }

    fn rows(&self, rows: Rows<'_>) -> QueryFluentBuilder {
        let (pk, beginning) = rows.key();
        let request = self.db.query().table_name(self.name(rows.table())).consistent_read(true);
        let request = request.expression_attribute_values(":pk", AttributeValue::S(pk));
        if beginning.is_empty() {
            return request.key_condition_expression("pk = :pk");
        }
        request
            .key_condition_expression("pk = :pk AND begins_with(sk, :sk)")
            .expression_attribute_values(":sk", AttributeValue::S(beginning))
    }

    fn name(&self, table: Table) -> String {
        format!("{}-{table}", self.prefix)
    }
}

fn key_of(row: &Row<'_>) -> Item {
    let (pk, sk) = row.key();
    let sk = sk.map(|sk| ("sk".to_owned(), AttributeValue::S(sk)));
    [("pk".to_owned(), AttributeValue::S(pk))].into_iter().chain(sk).collect()
}

/// What `work` comes to. Where it fails, its cause names the `place` that asked for it: an async function does not know its caller.
fn asked_at<T>(
    place: &'static Location<'static>,
    work: impl Future<Output = Result<T, Error>>,
) -> impl Future<Output = Result<T, Error>> {
    // No async function: its future would have room for `work` twice.
    work.map_err(move |error| error.at(place))
}
