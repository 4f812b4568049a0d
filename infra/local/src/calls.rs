//! Counts the calls, for tests that hold a request to its budget.

use std::collections::BTreeMap;
use std::sync::Mutex;

use serde::Serialize;

use crate::Service;
use crate::call::Call;
use crate::lock::lock;

/// How often each operation was called.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Calls {
    /// Calls to `DynamoDB` by operation.
    pub dynamodb: BTreeMap<String, u64>,
    /// Calls to KMS by operation.
    pub kms: BTreeMap<String, u64>,
    /// Calls to SES by operation.
    pub ses: BTreeMap<String, u64>,
    /// Calls to `CloudWatch` Logs by operation.
    #[serde(skip)]
    pub logs: BTreeMap<String, u64>,
    /// Parts of all transactions together: each is billed.
    #[serde(skip)]
    pub transacted: u64,
}

/// Counts calls since the start or the last reset.
#[derive(Default)]
pub(crate) struct Recorder(Mutex<BTreeMap<Call, u64>>);

impl Recorder {
    /// Counts one call, whatever becomes of it.
    pub(crate) fn count(&self, call: &Call) {
        *lock(&self.0).entry(call.clone()).or_default() += 1;
    }

    /// The counts, leaving out the calls that touch nothing but the table `without`.
    pub(crate) fn calls(&self, without: Option<&str>) -> Calls {
        let mut calls = Calls::default();
        for (call, count) in lock(&self.0).iter() {
            if call.tables.len() == 1 && call.tables.first().map(String::as_str) == without {
                continue;
            }
            let operations = match call.service {
                Service::DynamoDb => &mut calls.dynamodb,
                Service::Kms => &mut calls.kms,
                Service::Ses => &mut calls.ses,
                Service::Logs => &mut calls.logs,
            };
            *operations.entry(call.operation.clone()).or_default() += count;
            calls.transacted += call.parts * count;
        }
        calls
    }

    /// Starts again from nothing.
    pub(crate) fn reset(&self) {
        lock(&self.0).clear();
    }
}
