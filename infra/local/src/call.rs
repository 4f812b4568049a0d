//! Which operation of which service a request asks for.

use std::collections::BTreeSet;

use axum::http::Method;
use axum::http::request::Parts;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A service that the local AWS answers for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Service {
    /// `DynamoDB`, and the API of its streams.
    DynamoDb,
    /// The key management service.
    Kms,
    /// The mail service, version 2 of its API.
    Ses,
    /// `CloudWatch` Logs.
    Logs,
}

/// One request of a client, as far as the door needs to know it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Call {
    pub(crate) service: Service,
    pub(crate) operation: String,
    /// The tables it names, under their full names.
    pub(crate) tables: BTreeSet<String>,
    /// The parts of a transaction; 0 for what is none.
    pub(crate) parts: u64,
}

impl Call {
    /// Reads the target header of the JSON protocols, or the path of SES; `None` if it is neither.
    pub(crate) fn identify(parts: &Parts, body: &[u8]) -> Option<Self> {
        if let Some(path) = parts.uri.path().strip_prefix("/v2/email/") {
            let operation = ses_operation(&parts.method, path);
            return Some(Self { service: Service::Ses, operation, tables: BTreeSet::new(), parts: 0 });
        }
        let target = parts.headers.get("x-amz-target")?.to_str().ok()?;
        let (api, operation) = target.split_once('.')?;
        let service = match api {
            "DynamoDB_20120810" | "DynamoDBStreams_20120810" => Service::DynamoDb,
            "TrentService" => Service::Kms,
            "Logs_20140328" => Service::Logs,
            _ => return None,
        };
        let (tables, parts) = if service == Service::DynamoDb { tables_in(body) } else { Default::default() };
        Some(Self { service, operation: operation.to_owned(), tables, parts })
    }

    /// Whether it may add records to a stream.
    pub(crate) fn writes_items(&self) -> bool {
        self.service == Service::DynamoDb
            && matches!(
                self.operation.as_str(),
                "PutItem"
                    | "UpdateItem"
                    | "DeleteItem"
                    | "BatchWriteItem"
                    | "TransactWriteItems"
                    | "ExecuteStatement"
                    | "BatchExecuteStatement"
                    | "ExecuteTransaction"
            )
    }
}

fn ses_operation(method: &Method, path: &str) -> String {
    if method == Method::POST && path == "outbound-emails" {
        "SendEmail".to_owned()
    } else {
        format!("{method} {path}")
    }
}

/// Tables are named at the top, as the keys of a batch, or once in each part of a transaction. With the number of those parts.
fn tables_in(body: &[u8]) -> (BTreeSet<String>, u64) {
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    let single = body["TableName"].as_str();
    let batch = body["RequestItems"].as_object().into_iter().flat_map(|tables| tables.keys().map(String::as_str));
    let parts = body["TransactItems"].as_array().map(Vec::as_slice).unwrap_or_default();
    let transaction = parts.iter().filter_map(Value::as_object).flat_map(|item| item.values());
    let transaction = transaction.filter_map(|action| action["TableName"].as_str());
    (single.into_iter().chain(batch).chain(transaction).map(str::to_owned).collect(), parts.len() as u64)
}
