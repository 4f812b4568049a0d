//! AWS out of order, and how often it is asked.

use std::time::Duration;

use local::{Calls, Fault, Mode, Service};

use super::{PATIENCE, World};

impl World {
    /// A service fails for every call of one operation, or of all, until [`World::mend`].
    pub fn break_down(&self, service: Service, mode: Mode, operation: Option<&str>) {
        self.aws.set_fault(service, Fault { mode, operation: operation.map(str::to_owned), times: None });
    }

    /// The next calls of an operation fail, so many times.
    pub fn break_times(&self, service: Service, mode: Mode, operation: &str, times: u32) {
        self.aws.set_fault(service, Fault { mode, operation: Some(operation.to_owned()), times: Some(times) });
    }

    /// The next calls of an operation of DynamoDB, so many, wait for each other and then take place at once.
    pub fn hold(&self, operation: &str, calls: u32) {
        self.break_times(Service::DynamoDb, Mode::Held, operation, calls);
    }

    /// How often an operation of DynamoDB or KMS has been called since the counts were reset.
    #[must_use]
    pub fn times_called(&self, operation: &str) -> u64 {
        let Calls { dynamodb, kms, .. } = self.aws.calls();
        dynamodb.get(operation).or(kms.get(operation)).copied().unwrap_or_default()
    }

    /// Returns when an operation of DynamoDB or KMS has been called so often since the counts were reset.
    pub async fn called(&self, operation: &str, times: u64) {
        until(operation, || self.times_called(operation) >= times).await;
    }

    /// All services work again.
    pub fn mend(&self) {
        self.aws.clear_faults();
    }

    /// The calls to AWS that `work` makes, mail aside.
    pub async fn calls<T>(&self, work: impl Future<Output = T>) -> (T, Calls) {
        self.pause_mail().await;
        // What was done before is no part of it.
        self.aws.no_conflicts().await;
        self.aws.reset_calls();
        let result = Box::pin(work).await;
        let calls = self.aws.calls();
        Box::pin(self.resume_mail()).await;
        (result, calls)
    }
}

/// Returns when it is so, and looks again and again until then.
///
/// # Panics
/// When it is not so in the end.
pub async fn until(what: &str, is_so: impl Fn() -> bool) {
    let looks = async {
        while !is_so() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    assert!(tokio::time::timeout(PATIENCE, looks).await.is_ok(), "waited in vain: {what}");
}
