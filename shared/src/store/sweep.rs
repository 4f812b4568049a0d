//! Many rows at once: those that sort before one, each for itself, and the end of a whole group.

use std::{
    panic::Location,
    time::{Duration, Instant},
};

use aws_sdk_dynamodb::{
    operation::query::builders::QueryFluentBuilder,
    types::{AttributeValue, DeleteRequest, WriteRequest},
};
use serde::de::DeserializeOwned;
use tokio::time::sleep;

use super::{Found, Item, Store, asked_at, key_of, unbuildable};
use crate::{
    aws::failure,
    error::Error,
    tables::{Row, Rows},
};

/// So many rows a batch may have.
const BATCH: usize = 25;
/// A pause after each batch: the rows of one account lie together, where DynamoDB takes a thousand writes a second and holds back the
/// others, requests of people among them.
const PAUSE: Duration = Duration::from_millis(40);

impl Store {
    /// All rows of a group that sort before the row `end`, whether there is such a row or not. Each is for itself: one that cannot be read
    /// does not stand in the way of the others.
    ///
    /// # Errors
    /// `Unavailable`, `Internal`.
    pub async fn found_before(&self, rows: Rows<'_>, end: Row<'_>) -> Result<Vec<Found>, Error> {
        let (pk, _) = rows.key();
        let (_, sk) = end.key();
        let request = self
            .db
            .query()
            .table_name(self.name(rows.table()))
            .consistent_read(true)
            .key_condition_expression("pk = :pk AND sk < :sk")
            .expression_attribute_values(":pk", AttributeValue::S(pk))
            .expression_attribute_values(":sk", AttributeValue::S(sk.unwrap_or_default()));
        all(request).await
    }

    /// All rows of a group, by their keys, whatever is in them.
    ///
    /// # Errors
    /// `Unavailable`, `Internal`.
    pub async fn found(&self, rows: Rows<'_>) -> Result<Vec<Found>, Error> {
        all(self.rows(rows)).await
    }

    /// All rows of a group, each for itself.
    ///
    /// # Errors
    /// `Unavailable`, `Internal`.
    #[track_caller]
    pub fn each<T: DeserializeOwned>(
        &self,
        rows: Rows<'_>,
    ) -> impl Future<Output = Result<Vec<Result<T, Error>>, Error>> {
        let place = Location::caller();
        asked_at(place, async move {
            let found = self.found(rows).await?.into_iter();
            Ok(found.map(|row| row.read().map_err(|error: Error| error.at(place))).collect())
        })
    }

    /// Deletes all rows of a group but those to be spared, however many there are, until `end`; whether that was all. What is left then is
    /// for the next time, which begins where this one ends: what is deleted is not found again.
    ///
    /// # Errors
    /// `Unavailable`, `Internal`. Some of the rows may be gone.
    pub async fn sweep(&self, rows: Rows<'_>, sparing: &[Row<'_>], end: Instant) -> Result<bool, Error> {
        let (spared, table) = (sparing.iter().map(key_of).collect::<Vec<_>>(), self.name(rows.table()));
        let mut from = None;
        loop {
            let request = self.rows(rows).projection_expression("pk, sk").set_exclusive_start_key(from);
            let page = request.send().await.map_err(|error| failure("Query", &error))?;
            let keys: Vec<_> = page.items.unwrap_or_default().into_iter().filter(|key| !spared.contains(key)).collect();
            for batch in keys.chunks(BATCH) {
                if Instant::now() >= end {
                    return Ok(false);
                }
                self.delete_batch(&table, batch).await?;
                if batch.len() == BATCH {
                    sleep(PAUSE).await;
                }
            }
            from = page.last_evaluated_key;
            if from.is_none() {
                return Ok(true);
            }
        }
    }

    async fn delete_batch(&self, table: &str, keys: &[Item]) -> Result<(), Error> {
        let deletion = |key: &Item| {
            let request = DeleteRequest::builder().set_key(Some(key.clone())).build().map_err(unbuildable)?;
            Ok(WriteRequest::builder().delete_request(request).build())
        };
        let mut left = keys.iter().map(deletion).collect::<Result<Vec<_>, Error>>()?;
        // What DynamoDB has no room for it gives back; where that is everything, the call fails.
        while !left.is_empty() {
            let request = self.db.batch_write_item().request_items(table, left);
            let answer = request.send().await.map_err(|error| failure("BatchWriteItem", &error))?;
            left = answer.unprocessed_items.and_then(|mut tables| tables.remove(table)).unwrap_or_default();
            if !left.is_empty() {
                sleep(PAUSE).await;
            }
        }
        Ok(())
    }
}

/// Those rows that can be read. One that cannot holds up no other: it is left out, and an alarm goes off.
pub fn readable<T>(rows: impl IntoIterator<Item = Result<T, Error>>) -> Vec<T> {
    let alarm =
        |error: &Error| tracing::error!(event = "row_left_out", ?error, "a row that cannot be read is left out");
    rows.into_iter().filter_map(|row| row.inspect_err(alarm).ok()).collect()
}

/// What a query finds, page by page.
async fn all(query: QueryFluentBuilder) -> Result<Vec<Found>, Error> {
    let mut items = query.into_paginator().items().send();
    let mut found = Vec::new();
    while let Some(item) = items.next().await {
        found.push(Found::new(item.map_err(|error| failure("Query", &error))?));
    }
    Ok(found)
}
