//! Calls functions as their schedules do.

use std::sync::Arc;

use futures::future::join_all;
use tokio::time::sleep;

use super::Targets;
use crate::Error;
use crate::template::Task;

/// The schedules of all functions.
pub(crate) struct Tasks {
    tasks: Vec<Task>,
    functions: Arc<Targets>,
}

impl Tasks {
    /// Those of the template.
    pub(crate) fn new(tasks: Vec<Task>, functions: Arc<Targets>) -> Self {
        Self { tasks, functions }
    }

    /// Has every function carry out a task that has it, and waits until they have.
    pub(crate) async fn run(&self, name: &str) -> Result<(), Error> {
        let tasks: Vec<_> = self.tasks.iter().filter(|task| task.name == name).collect();
        if tasks.is_empty() {
            return Err(Error::NoSuchTask(name.to_owned()));
        }
        let done = join_all(tasks.into_iter().map(|task| self.carry_out(task))).await;
        let reasons: Vec<_> = done.into_iter().filter_map(Result::err).collect();
        if reasons.is_empty() { Ok(()) } else { Err(Error::Task { name: name.to_owned(), reason: reasons.join("; ") }) }
    }

    /// Carries out every task at its rate, by the real clock, for ever.
    pub(crate) async fn keep_time(&self) {
        let each = self.tasks.iter().map(|task| async {
            loop {
                sleep(task.every).await;
                if let Err(reason) = self.carry_out(task).await {
                    tracing::warn!(task = task.name, reason, "a task is tried again when it is due");
                }
            }
        });
        join_all(each).await;
    }

    /// One function's part, or why it failed, after the function's name.
    async fn carry_out(&self, task: &Task) -> Result<(), String> {
        let done = self.functions.invoke(&task.function, task.input.clone()).await;
        done.map(drop).map_err(|reason| format!("{}: {reason}", task.function))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};
    use std::time::Duration;

    use serde_json::json;

    use super::*;
    use crate::feeder::Target;

    #[tokio::test]
    async fn every_task_is_carried_out_at_its_rate_also_after_a_failure() {
        let every = Duration::from_millis(20);
        let task = |name: &str| Task {
            function: "mail".to_owned(),
            name: name.to_owned(),
            every,
            input: json!({"task": name}),
        };
        let functions = Arc::new(Targets::default());
        let tasks = Tasks::new(vec![task("one"), task("other")], Arc::clone(&functions));
        let counts = Arc::new([AtomicU32::new(0), AtomicU32::new(0)]);
        let counted = Arc::clone(&counts);
        let function = move |event: serde_json::Value| {
            counted[usize::from(event["task"] == "other")].fetch_add(1, Ordering::Relaxed);
            let answer = async { Err("crashed".to_owned()) };
            Box::pin(answer) as futures::future::BoxFuture<'static, _>
        };
        functions.set("mail", Some(Arc::new(Target::InProcess(Arc::new(function)))));
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
