//! Reads the stream of a table.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::Error;
use crate::backend::{Api, Backend};

/// A stream with its one shard. Local emulators never split shards.
pub(crate) struct Stream {
    backend: Arc<Backend>,
    arn: String,
    shard: String,
}

impl Stream {
    /// Finds the stream of `table`.
    pub(crate) async fn open(backend: Arc<Backend>, table: &str) -> Result<Self, Error> {
        let described = backend.call(Api::DynamoDb, "DescribeTable", &json!({"TableName": table})).await?;
        let arn = text("DescribeTable", &described["Table"]["LatestStreamArn"])?;
        let described = backend.call(Api::Streams, "DescribeStream", &json!({"StreamArn": arn})).await?;
        let shards = &described["StreamDescription"]["Shards"];
        if shards.as_array().map(Vec::len) != Some(1) {
            return Err(unexpected("DescribeStream", "not exactly one shard"));
        }
        let shard = text("DescribeStream", &shards[0]["ShardId"])?;
        Ok(Self { backend, arn, shard })
    }

    pub(crate) fn arn(&self) -> &str {
        &self.arn
    }

    /// The records behind `after`, in the form that Lambda gives to functions; none if there are none yet.
    ///
    /// Each read takes an iterator of its own: moto's lose sight of the stream when a transaction is cancelled.
    pub(super) async fn read(&self, after: Option<&str>) -> Result<Vec<Value>, Error> {
        let iterator = self.iterator_behind(after).await?;
        let mut answer = self.backend.call(Api::Streams, "GetRecords", &json!({"ShardIterator": iterator})).await?;
        let Value::Array(mut records) = answer["Records"].take() else {
            return Err(unexpected("GetRecords", "no Records"));
        };
        for record in &mut records {
            text("GetRecords", &record["dynamodb"]["SequenceNumber"])?;
            record["eventSourceARN"] = json!(self.arn);
            record["eventVersion"] = json!("1.1");
        }
        Ok(records)
    }

    async fn iterator_behind(&self, after: Option<&str>) -> Result<String, Error> {
        let mut input = json!({"StreamArn": self.arn, "ShardId": self.shard, "ShardIteratorType": "TRIM_HORIZON"});
        if let Some(sequence) = after {
            input["ShardIteratorType"] = json!("AFTER_SEQUENCE_NUMBER");
            input["SequenceNumber"] = json!(sequence);
        }
        let answer = self.backend.call(Api::Streams, "GetShardIterator", &input).await?;
        text("GetShardIterator", &answer["ShardIterator"])
    }
}

/// The sequence number of a record that was read.
pub(super) fn sequence(record: &Value) -> &str {
    record["dynamodb"]["SequenceNumber"].as_str().unwrap_or_default()
}

fn text(operation: &str, value: &Value) -> Result<String, Error> {
    value.as_str().map(str::to_owned).ok_or_else(|| unexpected(operation, "a member is missing"))
}

fn unexpected(operation: &str, reason: &str) -> Error {
    Error::Answer { operation: operation.to_owned(), reason: reason.to_owned() }
}
