//! What `EventBridge` has yet to tell functions. Kept in memory: nobody waits for a report that a restart loses.

use std::collections::VecDeque;

use serde_json::Value;
use tokio::sync::watch;
use tokio::time::sleep;

use super::Target;
use super::backoff::Backoff;
use crate::template::Rule;

/// The events on their way to each function that has a rule for some.
pub(crate) struct Reports(Vec<Queue>);

/// The events on their way by one rule, oldest first.
struct Queue {
    rule: Rule,
    waiting: watch::Sender<VecDeque<Value>>,
}

impl Reports {
    /// Nothing is on its way yet.
    pub(crate) fn new(rules: Vec<Rule>) -> Self {
        Self(rules.into_iter().map(|rule| Queue { rule, waiting: watch::Sender::default() }).collect())
    }

    /// Each rule takes of these events what it matches.
    pub(crate) fn add(&self, events: &[Value]) {
        for Queue { rule, waiting } in &self.0 {
            let matched = events.iter().filter(|event| rule.filter.matches(event)).cloned();
            waiting.send_modify(|waiting| waiting.extend(matched));
        }
    }

    /// Tells a function what its rules have for it, each event until the function takes it. For ever; it may be cut off anywhere.
    pub(crate) async fn tell(&self, function: &str, target: &Target) {
        futures::future::join_all(self.of(function).map(|queue| queue.tell(target))).await;
    }

    /// Waits until a function has taken all that is on its way to it.
    pub(crate) async fn told(&self, function: &str) {
        for queue in self.of(function) {
            // The sender lives as long as the queue.
            let _ = queue.waiting.subscribe().wait_for(VecDeque::is_empty).await;
        }
    }

    fn of(&self, function: &str) -> impl Iterator<Item = &Queue> {
        self.0.iter().filter(move |queue| queue.rule.function == function)
    }
}

impl Queue {
    async fn tell(&self, target: &Target) {
        let mut backoff = Backoff::default();
        let mut waiting = self.waiting.subscribe();
        loop {
            let next = waiting.wait_for(|waiting| !waiting.is_empty()).await;
            let Some(event) = next.ok().and_then(|waiting| waiting.front().cloned()) else { return };
            match target.invoke(event).await {
                Ok(_) => {
                    self.waiting.send_modify(|waiting| drop(waiting.pop_front()));
                    backoff = Backoff::default();
                }
                Err(reason) => {
                    backoff.failed(&reason);
                    sleep(backoff.delay()).await;
                }
            }
        }
    }
}
