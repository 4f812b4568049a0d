//! Starts the parts, holds them together, and stops them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::serve::ListenerExt;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::backend::Backend;
use crate::calls::Recorder;
use crate::conflicts::Conflicts;
use crate::door::Door;
use crate::faults::Faults;
use crate::feeder::{Checkpoint, Feeder, Reports, Stream, Target, Tasks};
use crate::iam::Guard;
use crate::identity::Reporter;
use crate::inbox::Inbox;
use crate::kms::Kms;
use crate::lock::lock;
use crate::paper::Paper;
use crate::state::StateDir;
use crate::template::{Mapping, Template};
use crate::{
    Calls, Canned, Demo, Error, ExchangeRequest, Fault, Mail, MailFunction, Options, Permission, Service, console,
    database, tables, upstream,
};

/// How long [`LocalAws::settled`] waits, in seconds.
const SETTLE_LIMIT: u64 = 60;
/// How long each part may take to finish its last requests.
const STOP_LIMIT: Duration = Duration::from_secs(5);

/// A running local AWS. It stops when dropped; [`LocalAws::shutdown`] also waits until it has.
pub struct LocalAws {
    url: String,
    door: Arc<Door>,
    state: StateDir,
    table_prefix: String,
    poll: Duration,
    mapping: Option<Mapping>,
    /// Up to which of the door's writes the stream is delivered; none before the first delivery.
    drained: watch::Sender<Option<u64>>,
    feeder: Mutex<Option<JoinHandle<()>>>,
    /// Who keeps the schedules, the door and the database, in the order in which they stop.
    servers: Vec<JoinHandle<()>>,
    /// Never sent to. The door closes when it is dropped.
    stop: watch::Sender<()>,
}

impl LocalAws {
    /// Starts everything; when this returns, the tables and the key are there and calls are answered.
    ///
    /// # Errors
    /// The template is not understood, the address is taken, the state is damaged, or the upstream does not play along.
    pub async fn start(options: Options) -> Result<Self, Error> {
        let Template { tables, mapping, tasks, resources } = Template::read(&options.template)?;
        let guard = Guard::read(&resources, &options).map_err(Error::Template)?;
        let state = StateDir::open(options.state.clone())?;
        let (backend, database) = start_backend(&options, &state).await?;
        for table in &tables {
            let name = format!("{}-{}", options.table_prefix, table.logical_id);
            tables::create_missing(&backend, &name, table).await?;
        }
        let kms = if options.upstream.is_some() {
            upstream::prepare(&backend, &options).await?;
            None
        } else {
            Some(Kms::open(state.file("kms.json"), &options.region, &options.key_alias)?)
        };
        let reporter = match options.identity.clone() {
            Some(identity) => Some(Reporter::new(identity, &options, backend.url()).await),
            None => None,
        };
        let door = Arc::new(Door {
            backend: Arc::new(backend),
            kms,
            inbox: Inbox::open(state.file("mails.jsonl"))?,
            recorder: Recorder::default(),
            guard,
            faults: Faults::default(),
            conflicts: Conflicts::new(options.conflicts),
            paper: Paper::new(options.clock.clone()),
            reporter,
            reports: Arc::new(Reports::default()),
            tasks: Arc::new(Tasks::new(tasks)),
            writes: watch::Sender::new(0),
        });
        let stop = watch::Sender::new(());
        let timekeeper = options.schedules.then(|| keep_time(Arc::clone(&door.tasks), stop.subscribe()));
        let (url, server) = serve(&options, Arc::clone(&door), stop.subscribe()).await?;
        let local = Self {
            url,
            door,
            state,
            table_prefix: options.table_prefix,
            poll: options.poll,
            mapping,
            drained: watch::Sender::new(None),
            feeder: Mutex::new(None),
            servers: timekeeper.into_iter().chain([server]).chain(database).collect(),
            stop,
        };
        local.feed(options.mail).await?;
        Ok(local)
    }

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

    /// How often each operation was called since the start or the last reset.
    #[must_use]
    pub fn calls(&self) -> Calls {
        self.door.recorder.calls(None)
    }

    /// The same without the calls that touch only this table (full name), such as counters.
    #[must_use]
    pub fn calls_without(&self, table: &str) -> Calls {
        self.door.recorder.calls(Some(table))
    }

    /// Counts from zero again.
    pub fn reset_calls(&self) {
        self.door.recorder.reset();
    }

    /// Everything that the roles of the functions allow.
    #[must_use]
    pub fn permissions(&self) -> BTreeSet<Permission> {
        self.door.guard.permissions()
    }

    /// What was used of it since the start.
    #[must_use]
    pub fn used_permissions(&self) -> BTreeSet<Permission> {
        self.door.guard.used()
    }

    /// What functions asked for since the start though their roles do not allow it, as they were told.
    #[must_use]
    pub fn refused(&self) -> BTreeSet<String> {
        self.door.guard.refused()
    }

    /// Lets calls to a service fail. Replaces an earlier fault for the same operation.
    pub fn set_fault(&self, service: Service, fault: Fault) {
        self.door.faults.set(service, fault);
    }

    /// Ends all faults.
    pub fn clear_faults(&self) {
        self.door.faults.clear();
    }

    /// How long after its answer a transaction is in the way of other writes of its rows; zero for never, not even before it.
    pub fn set_conflicts(&self, time: Duration) {
        self.door.conflicts.set(time);
    }

    /// Whether a transaction that is refused because of another one finds unmet what it expects of its other rows, too.
    pub fn show_halves(&self, on: bool) {
        self.door.conflicts.show_halves(on);
    }

    /// Waits until no transaction is in the way of anybody.
    pub async fn no_conflicts(&self) {
        self.door.conflicts.over().await;
    }

    /// The credentials that the paper exchange knows.
    #[must_use]
    pub fn exchange_demos(&self) -> Vec<Demo> {
        self.door.paper.demos().to_vec()
    }

    /// How often each exchange was asked since the start or the last reset; those that were not are left out.
    #[must_use]
    pub fn exchange_calls(&self) -> BTreeMap<&'static str, u64> {
        self.door.paper.calls()
    }

    /// Counts requests to exchanges from zero again.
    pub fn reset_exchange_calls(&self) {
        self.door.paper.reset_calls();
    }

    /// The last request to any exchange, as it arrived.
    #[must_use]
    pub fn last_exchange_request(&self) -> Option<ExchangeRequest> {
        self.door.paper.last_request()
    }

    /// Lets all exchanges answer this to everybody; `None` lets them work again.
    pub fn set_paper(&self, canned: Option<Canned>) {
        self.door.paper.set_canned(canned);
    }

    /// The mails sent, newest first; with `to`, only those to exactly this address.
    #[must_use]
    pub fn inbox(&self, to: Option<&str>) -> Vec<Mail> {
        self.door.inbox.mails(to)
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

/// The upstream, or the embedded database with its task.
async fn start_backend(options: &Options, state: &StateDir) -> Result<(Backend, Option<JoinHandle<()>>), Error> {
    if let Some(upstream) = &options.upstream {
        return Ok((Backend::new(upstream, &options.region, None), None));
    }
    let database = database::start(&state.file("dynamodb.sqlite")).await?;
    Ok((Backend::new(&database.url, &options.region, Some(database.running)), Some(database.task)))
}

fn keep_time(tasks: Arc<Tasks>, mut stopped: watch::Receiver<()>) -> JoinHandle<()> {
    tokio::spawn(async move {
        tokio::select! {
            () = tasks.keep_time() => {}
            _ = stopped.changed() => {}
        }
    })
}

/// Opens the door. It closes, without cutting off anybody, when the sender of `stopped` is gone.
async fn serve(
    options: &Options,
    door: Arc<Door>,
    mut stopped: watch::Receiver<()>,
) -> Result<(String, JoinHandle<()>), Error> {
    let listen = |source| Error::Listen { address: options.listen.to_string(), source };
    let listener = TcpListener::bind(options.listen).await.map_err(listen)?;
    let url = format!("http://{}", listener.local_addr().map_err(listen)?);
    // Otherwise the kernel may hold back a small answer for 40 ms.
    let listener = listener.tap_io(|stream| {
        let _ = stream.set_nodelay(true);
    });
    let server = axum::serve(listener, console::router(door)).with_graceful_shutdown(async move {
        let _ = stopped.changed().await;
    });
    let task = tokio::spawn(async move {
        if let Err(error) = server.await {
            tracing::error!(%error, "the door is broken");
        }
    });
    Ok((url, task))
}
