//! Does what an event source mapping does: invokes a function with the records of a table's stream.
//!
//! Records are delivered in order, at least once. A batch that fails is tried again for ever, later records wait. Beside that functions
//! are told what SES reports, as rules of `EventBridge` would, each report until it is taken; and their schedules call them.

mod backoff;
mod checkpoint;
pub(crate) mod filter;
mod function;
mod outcome;
mod reports;
mod stream;
mod tasks;

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

use crate::Error;
use crate::template::Mapping;
use backoff::Backoff;
pub(crate) use checkpoint::Checkpoint;
pub(crate) use function::{Target, Targets};
pub(crate) use reports::Reports;
pub(crate) use stream::Stream;
pub(crate) use tasks::Tasks;

/// One mapping at work.
pub(crate) struct Feeder {
    pub(crate) stream: Stream,
    pub(crate) mapping: Mapping,
    pub(crate) checkpoint: Checkpoint,
    pub(crate) target: Arc<Target>,
    pub(crate) poll: Duration,
    /// Counts the writes that the door has seen.
    pub(crate) writes: watch::Receiver<u64>,
    /// Tells up to which of these writes all records are delivered.
    pub(crate) drained: watch::Sender<Option<u64>>,
}

impl Feeder {
    /// Feeds for ever. It may be cut off anywhere: what is not in the checkpoint is delivered again.
    pub(crate) async fn run(mut self) {
        let mut backoff = Backoff::default();
        loop {
            let seen = *self.writes.borrow_and_update();
            if let Err(error) = self.drain().await {
                backoff.failed(&error);
                sleep(backoff.delay()).await;
                continue;
            }
            backoff = Backoff::default();
            self.drained.send_replace(Some(seen));
            // An early write and the end of the wait both mean: look again.
            let _ = timeout(self.poll, self.writes.changed()).await;
        }
    }

    /// Delivers all records that are there.
    async fn drain(&mut self) -> Result<(), Error> {
        loop {
            let records = self.stream.read(self.checkpoint.sequence()).await?;
            let Some(last) = records.last() else { return Ok(()) };
            let last = stream::sequence(last).to_owned();
            let wanted: Vec<Value> = records.into_iter().filter(|record| self.mapping.filter.matches(record)).collect();
            for batch in wanted.chunks(self.mapping.batch_size) {
                self.deliver(batch).await?;
            }
            self.checkpoint.advance(&last)?;
        }
    }

    /// Invokes the function until it has taken every record of the batch.
    async fn deliver(&mut self, batch: &[Value]) -> Result<(), Error> {
        let mut rest = batch;
        let mut backoff = Backoff::default();
        while !rest.is_empty() {
            let taken = match self.target.invoke(json!({"Records": rest})).await {
                Ok(answer) if self.mapping.partial_failures => outcome::taken(&answer, rest),
                Ok(_) => rest.len(),
                Err(error) => {
                    backoff.failed(&error);
                    0
                }
            };
            let (done, failed) = rest.split_at(taken);
            if let Some(last) = done.last() {
                self.checkpoint.advance(stream::sequence(last))?;
                backoff = Backoff::default();
            }
            rest = failed;
            if !rest.is_empty() {
                sleep(backoff.delay()).await;
            }
        }
        Ok(())
    }
}
