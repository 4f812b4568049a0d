//! AWS out of order, and how often it is asked.

use local::{Calls, Fault, Mode, Service};

use super::World;

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
