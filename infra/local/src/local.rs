//! A local AWS that runs: whom its outbox is fed to, and how it stops.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use paper::Play;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::door::Door;
use crate::feeder::{Checkpoint, Feeder, Stream, Target};
use crate::lock::lock;
use crate::state::StateDir;
use crate::template::Mapping;
use crate::{Error, MailFunction};

/// How long [`LocalAws::settled`] waits, in seconds.
const SETTLE_LIMIT: u64 = 60;
/// How long each part may take to finish its last requests.
const STOP_LIMIT: Duration = Duration::from_secs(5);

/// A running local AWS. It stops when dropped; [`LocalAws::shutdown`] also waits until it has.
pub struct LocalAws {
    pub(crate) url: String,
    pub(crate) door: Arc<Door>,
    pub(crate) play: Arc<Play>,
    pub(crate) state: StateDir,
    pub(crate) table_prefix: String,
    pub(crate) poll: Duration,
    pub(crate) mapping: Option<Mapping>,
    /// Up to which of the door's writes the stream is delivered; none before the first delivery.
    pub(crate) drained: watch::Sender<Option<u64>>,
    pub(crate) feeder: Mutex<Option<JoinHandle<()>>>,
    /// Who keeps the schedules, the door and the database, in the order in which they stop.
    pub(crate) servers: Vec<JoinHandle<()>>,
    /// Never sent to. The door closes when it is dropped.
    pub(crate) stop: watch::Sender<()>,
}

impl LocalAws {
    /// Base URL for all three services, for the exchanges, and for the pages.
    #[must_use]
    pub fn url(&self) -> String {
        self.url.clone()
    }

    /// Feeds the outbox stream to `function` from now on, and no longer to an earlier one. For functions that need
    /// [`url`](Self::url) before they can exist. It starts behind the checkpoint, or in memory at the first record.
    ///
    /// # Errors
    /// The template maps no stream to a function, or the stream is not there.
    pub async fn feed(&self, function: MailFunction) -> Result<(), Error> {
        let earlier = lock(&self.feeder).take();
        if let Some(earlier) = earlier {
            earlier.abort();
            // Until it is really gone it could still report a position of its own.
            let _ = earlier.await;
        }
        let target = Target::new(function).map(Arc::new);
        self.door.tasks.call(target.clone());
        let Some(target) = target else {
            return Ok(());
        };
        let mapping = self.mapping.clone().ok_or_else(|| Error::Template("no function reads a stream".to_owned()))?;
        let table = format!("{}-{}", self.table_prefix, mapping.table);
        let stream = Stream::open(Arc::clone(&self.door.backend), &table).await?;
        let checkpoint = Checkpoint::open(self.state.file("mail-stream.json"), stream.arn())?;
        self.drained.send_replace(None);
        let (writes, drained) = (self.door.writes.subscribe(), self.drained.clone());
        let reports = Arc::clone(&self.door.reports);
        let feeder = Feeder { stream, mapping, checkpoint, target, reports, poll: self.poll, writes, drained };
        let mut stopped = self.stop.subscribe();
        let task = tokio::spawn(async move {
            tokio::select! {
                () = feeder.run() => {}
                _ = stopped.changed() => {}
            }
        });
        *lock(&self.feeder) = Some(task);
        Ok(())
    }

    /// Has the function that is fed carry out a task of its schedules, and waits until it has.
    ///
    /// # Errors
    /// [`Error::NoSuchTask`]; [`Error::Task`] when nobody is fed or the function fails.
    pub async fn run_task(&self, name: &str) -> Result<(), Error> {
        self.door.tasks.run(name).await
    }

    /// Waits until the function has taken all that was written before this call, and what SES reports of the mails that it
    /// sent of it. What it has put off is for its schedules. At once if nobody is fed.
    ///
    /// # Errors
    /// [`Error::NotSettled`] after a minute.
    pub async fn settled(&self) -> Result<(), Error> {
        if lock(&self.feeder).is_none() {
            return Ok(());
        }
        let written = *self.door.writes.borrow();
        let mut drained = self.drained.subscribe();
        let reached = drained.wait_for(|drained| drained.is_some_and(|drained| drained >= written));
        match tokio::time::timeout(Duration::from_secs(SETTLE_LIMIT), reached).await {
            Ok(Ok(_)) => Ok(()),
            _ => Err(Error::NotSettled(SETTLE_LIMIT)),
        }
    }

    /// Stops taking requests, finishes those under way, closes the database, and returns when all is done.
    pub async fn shutdown(self) {
        let Self { door, feeder, servers, stop, .. } = self;
        // The feeder stops at once: what it did not finish is delivered again after the next start.
        drop(stop);
        // The database stops when the door, its last user, is gone.
        drop(door);
        let feeder = lock(&feeder).take();
        for task in feeder.into_iter().chain(servers) {
            let _ = tokio::time::timeout(STOP_LIMIT, task).await;
        }
    }
}
