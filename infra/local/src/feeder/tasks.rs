//! Calls the function as its schedules do.

use std::sync::{Arc, Mutex};

use tokio::time::sleep;

use super::Target;
use crate::Error;
use crate::lock::lock;
use crate::template::Task;

/// The schedules of the function that is fed.
pub(crate) struct Tasks {
    tasks: Vec<Task>,
    target: Mutex<Option<Arc<Target>>>,
}

impl Tasks {
    /// Those of the template. They call nobody yet.
    pub(crate) fn new(tasks: Vec<Task>) -> Self {
        Self { tasks, target: Mutex::default() }
    }

    /// They call this function from now on, or none.
    pub(crate) fn call(&self, target: Option<Arc<Target>>) {
        *lock(&self.target) = target;
    }

    /// Carries out a task now, and waits until the function has done so.
    pub(crate) async fn run(&self, name: &str) -> Result<(), Error> {
        let failed = |reason: String| Error::Task { name: name.to_owned(), reason };
        let task = self.tasks.iter().find(|task| task.name == name);
        let task = task.ok_or_else(|| Error::NoSuchTask(name.to_owned()))?;
        let target = lock(&self.target).clone().ok_or_else(|| failed("there is no function".to_owned()))?;
        target.invoke(task.input.clone()).await.map(drop).map_err(failed)
    }

    /// Carries out every task at its rate, by the real clock, for ever.
    pub(crate) async fn keep_time(&self) {
        let each = self.tasks.iter().map(|task| async {
            loop {
                sleep(task.every).await;
                if let Err(error) = self.run(&task.name).await {
                    tracing::warn!(%error, "a task is tried again when it is due");
                }
            }
        });
        futures::future::join_all(each).await;
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};
    use std::time::Duration;

    use serde_json::json;

    use super::*;
    use crate::MailFunction;

    #[tokio::test]
    async fn every_task_is_carried_out_at_its_rate_also_after_a_failure() {
        let every = Duration::from_millis(20);
        let task = |name: &str| Task { name: name.to_owned(), every, input: json!({"task": name}) };
        let tasks = Tasks::new(vec![task("one"), task("other")]);
        let counts = Arc::new([AtomicU32::new(0), AtomicU32::new(0)]);
        let counted = Arc::clone(&counts);
        let function = move |event: serde_json::Value| {
            counted[usize::from(event["task"] == "other")].fetch_add(1, Ordering::Relaxed);
            let answer = async { Err("crashed".to_owned()) };
            Box::pin(answer) as futures::future::BoxFuture<'static, _>
        };
        tasks.call(Target::new(MailFunction::InProcess(Arc::new(function))).map(Arc::new));
        let often = async {
            while counts.iter().any(|count| count.load(Ordering::Relaxed) < 3) {
                sleep(every).await;
            }
        };
        tokio::select! {
            () = tasks.keep_time() => panic!("it ends"),
            () = often => {}
            () = sleep(Duration::from_mins(1)) => panic!("{counts:?}"),
        }
    }
}
