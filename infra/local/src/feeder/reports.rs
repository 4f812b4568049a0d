//! What `EventBridge` has yet to tell the function. Kept in memory: nobody waits for a report that a restart loses.

use std::collections::VecDeque;
use std::sync::Mutex;

use serde_json::Value;

use crate::lock::lock;

/// Events on their way, oldest first.
#[derive(Default)]
pub(crate) struct Reports(Mutex<VecDeque<Value>>);

impl Reports {
    /// Adds events.
    pub(crate) fn add(&self, events: Vec<Value>) {
        lock(&self.0).extend(events);
    }

    /// The next one. It stays until it is [`taken`](Self::taken).
    pub(super) fn next(&self) -> Option<Value> {
        lock(&self.0).front().cloned()
    }

    /// The function has taken the next one.
    pub(super) fn taken(&self) {
        lock(&self.0).pop_front();
    }
}
