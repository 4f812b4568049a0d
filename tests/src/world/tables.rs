//! Tables, as whoever stands behind the functions sees and changes them.

use aws_sdk_dynamodb::types::{PutRequest, WriteRequest};
use futures::StreamExt;
use serde_json::Value;
use shared::store::Store;

use super::World;

impl World {
    /// Every row of a table, as JSON.
    pub async fn rows(&self, table: &str) -> Vec<Value> {
        let db = aws_sdk_dynamodb::Client::new(&self.sdk);
        let name = format!("{}-{table}", self.config.table_prefix);
        let pages = db.scan().table_name(name).consistent_read(true).into_paginator().items().send();
        let items = pages.collect::<Result<Vec<_>, _>>().await.expect("a scan");
        serde_dynamo::from_items(items).expect("rows")
    }

    /// Rows whose partition key begins so.
    pub async fn rows_of(&self, table: &str, beginning: &str) -> Vec<Value> {
        let mut rows = self.rows(table).await;
        rows.retain(|row| row["pk"].as_str().is_some_and(|pk| pk.starts_with(beginning)));
        rows
    }

    /// The rows of all accounts that there are: what proves their owners.
    pub async fn accounts(&self) -> Vec<Value> {
        let mut rows = self.rows_of("Accounts", "ACCOUNT#").await;
        rows.retain(|row| row["sk"] == "CREDENTIALS");
        rows
    }

    /// Deletes every row of a table.
    pub async fn empty(&self, table: &str) {
        for row in self.rows(table).await {
            self.remove(table, &row).await;
        }
    }

    /// Deletes one row of a table.
    pub async fn remove(&self, table: &str, row: &Value) {
        let db = aws_sdk_dynamodb::Client::new(&self.sdk);
        let name = format!("{}-{table}", self.config.table_prefix);
        let key: serde_json::Map<_, _> =
            ["pk", "sk"].into_iter().filter_map(|name| Some((name.to_owned(), row.get(name)?.clone()))).collect();
        let key = serde_dynamo::to_item(key).expect("a key");
        self.aws.no_conflicts().await;
        db.delete_item().table_name(&name).set_key(Some(key)).send().await.expect("a deletion");
    }

    /// Writes rows behind the functions' back, as many as there are.
    pub async fn put_rows(&self, table: &str, rows: Vec<Value>) {
        let db = aws_sdk_dynamodb::Client::new(&self.sdk);
        let name = format!("{}-{table}", self.config.table_prefix);
        let put = |row: &Value| {
            let item = serde_dynamo::to_item(row).expect("an item");
            WriteRequest::builder()
                .put_request(PutRequest::builder().set_item(Some(item)).build().expect("a put"))
                .build()
        };
        let batches = rows.chunks(25).map(|rows| {
            let batch = rows.iter().map(put).collect::<Vec<_>>();
            db.batch_write_item().request_items(&name, batch).send()
        });
        let written = futures::stream::iter(batches).buffer_unordered(4).collect::<Vec<_>>().await;
        for batch in written {
            let left = batch.expect("a batch").unprocessed_items.unwrap_or_default();
            assert!(left.is_empty(), "{left:?}");
        }
    }

    /// Changes one attribute of a row behind the functions' back.
    pub async fn tamper(&self, table: &str, row: &Value, attribute: &str, value: Value) {
        let db = aws_sdk_dynamodb::Client::new(&self.sdk);
        let mut row = row.clone();
        row[attribute] = value;
        let item = serde_dynamo::to_item(row).expect("an item");
        let name = format!("{}-{table}", self.config.table_prefix);
        self.aws.no_conflicts().await;
        db.put_item().table_name(name).set_item(Some(item)).send().await.expect("a put");
    }

    /// The tables as functions see them.
    #[must_use]
    pub fn store(&self) -> Store {
        Store::new(&self.sdk, &self.config.table_prefix)
    }
}

/// What a value takes in DynamoDB, at most. Bytes.
#[must_use]
pub fn size_of(value: &Value) -> usize {
    match value {
        Value::String(text) => text.len(),
        Value::Number(number) => number.to_string().len().div_ceil(2) + 1,
        Value::Array(list) => 3 + list.iter().map(|value| 1 + size_of(value)).sum::<usize>(),
        Value::Object(map) => 3 + map.iter().map(|(name, value)| name.len() + 1 + size_of(value)).sum::<usize>(),
        Value::Bool(_) | Value::Null => 1,
    }
}
