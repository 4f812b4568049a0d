//! A local AWS that runs: which functions it invokes, and how it stops.

use std::collections::BTreeMap;
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
use crate::{Error, Function, Functions};

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
    /// The template's, by the names of their binaries.
    pub(crate) functions: Vec<String>,
    pub(crate) mappings: Vec<Mapping>,
    /// The functions that have what is for them delivered, by name.
    pub(crate) fed: Mutex<BTreeMap<String, Fed>>,
    /// Who keeps the schedules, the door and the database, in the order in which they stop.
    pub(crate) servers: Vec<JoinHandle<()>>,
    /// Never sent to. The door closes when it is dropped.
    pub(crate) stop: watch::Sender<()>,
}

/// What one function has delivered.
#[derive(Default)]
pub(crate) struct Fed {
    deliveries: Vec<JoinHandle<()>>,
    /// For each of its streams, up to which of the door's writes it is delivered; none before the first delivery.
    drained: Vec<watch::Receiver<Option<u64>>>,
}

impl LocalAws {
    /// Base URL for all services, for the exchanges, and for the pages.
    #[must_use]
    pub fn url(&self) -> String {
        self.url.clone()
    }

    /// From now on `function` is what the template calls `name`: it is fed streams and reports, and carries out tasks, and an earlier one
    /// is not. For functions that need [`url`](Self::url) before they can exist. Streams start behind their checkpoints, or in memory at
    /// the first record.
    ///
    /// # Errors
    /// The template has no such function, or a stream is not there.
    pub async fn feed(&self, name: &str, function: Arc<Function>) -> Result<(), Error> {
        self.connect(name, Target::InProcess(function)).await
    }

    /// From now on a function is nowhere, and what is for it waits.
    pub async fn starve(&self, name: &str) {
        let earlier = lock(&self.fed).remove(name);
        self.door.functions.set(name, None);
        for delivery in earlier.unwrap_or_default().deliveries {
            delivery.abort();
            // Until it is really gone it could still report a position of its own.
            let _ = delivery.await;
        }
    }

    pub(crate) async fn feed_all(&self, functions: Functions) -> Result<(), Error> {
        match functions {
            Functions::At(base) => {
                for name in &self.functions {
                    self.connect(name, Target::at(&base, name)).await?;
                }
            }
            Functions::InProcess(functions) => {
                for (name, function) in functions {
                    self.feed(&name, function).await?;
                }
            }
        }
        Ok(())
    }

    async fn connect(&self, name: &str, target: Target) -> Result<(), Error> {
        if !self.functions.iter().any(|function| function == name) {
            return Err(Error::Template(format!("there is no function {name}")));
        }
        self.starve(name).await;
        let target = Arc::new(target);
        self.door.functions.set(name, Some(Arc::clone(&target)));
        let mut fed = Fed::default();
        for mapping in self.mappings.iter().filter(|mapping| mapping.function == name) {
            let (feeder, drained) = self.feeder(mapping, &target).await?;
            fed.deliveries.push(self.spawn(feeder.run()));
            fed.drained.push(drained);
        }
        let (door, function) = (Arc::clone(&self.door), name.to_owned());
        fed.deliveries.push(self.spawn(async move { door.reports.tell(&function, &target).await }));
        lock(&self.fed).insert(name.to_owned(), fed);
        Ok(())
    }

    async fn feeder(
        &self,
        mapping: &Mapping,
        target: &Arc<Target>,
    ) -> Result<(Feeder, watch::Receiver<Option<u64>>), Error> {
        let Mapping { function, table, .. } = mapping;
        let stream = Stream::open(Arc::clone(&self.door.backend), &format!("{}-{table}", self.table_prefix)).await?;
        let file = self.state.file(&format!("stream-{table}-{function}.json"));
        let (drained, seen) = watch::channel(None);
        let feeder = Feeder {
            checkpoint: Checkpoint::open(file, stream.arn())?,
            stream,
            mapping: mapping.clone(),
            target: Arc::clone(target),
            poll: self.poll,
            writes: self.door.writes.subscribe(),
            drained,
        };
        Ok((feeder, seen))
    }

    /// Until the local AWS stops.
    fn spawn(&self, delivery: impl Future<Output = ()> + Send + 'static) -> JoinHandle<()> {
        let mut stopped = self.stop.subscribe();
        tokio::spawn(async move {
            tokio::select! {
                () = delivery => {}
                _ = stopped.changed() => {}
            }
        })
    }

    /// Has the functions carry out a task of their schedules, and waits until they have.
    ///
    /// # Errors
    /// [`Error::NoSuchTask`]; [`Error::Task`] when one of the functions fails or is nowhere.
    pub async fn run_task(&self, name: &str) -> Result<(), Error> {
        self.door.tasks.run(name).await
    }

    /// Waits until the functions that are fed have taken all that was written before this call, and what SES reports of the mails that
    /// they sent of it. What they have put off is for their schedules.
    ///
    /// # Errors
    /// [`Error::NotSettled`] after a minute.
    pub async fn settled(&self) -> Result<(), Error> {
        let written = *self.door.writes.borrow();
        let (mut functions, mut streams) = (Vec::new(), Vec::new());
        for (name, fed) in &*lock(&self.fed) {
            functions.push(name.clone());
            streams.extend(fed.drained.iter().cloned());
        }
        let settled = async {
            for mut drained in streams {
                // One that is gone is fed no more.
                let _ = drained.wait_for(|drained| drained.is_some_and(|drained| drained >= written)).await;
            }
            // A mail is reported of before its record is taken.
            for function in functions {
                self.door.reports.told(&function).await;
            }
        };
        let settled = tokio::time::timeout(Duration::from_secs(SETTLE_LIMIT), settled).await;
        settled.map_err(|_| Error::NotSettled(SETTLE_LIMIT))
    }

    /// Stops taking requests, finishes those under way, closes the database, and returns when all is done.
    pub async fn shutdown(self) {
        let Self { door, fed, servers, stop, .. } = self;
        // The feeders stop at once: what they did not finish is delivered again after the next start.
        drop(stop);
        // The database stops when the door, its last user, is gone.
        drop(door);
        let fed = std::mem::take(&mut *lock(&fed));
        for task in fed.into_values().flat_map(|fed| fed.deliveries).chain(servers) {
            let _ = tokio::time::timeout(STOP_LIMIT, task).await;
        }
    }
}
