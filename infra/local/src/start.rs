//! Starts the parts of a local AWS and puts them together.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::serve::ListenerExt;
use paper::{Paper, Play, Reporter, Tables};
use shared::time::CLOCK_FILE;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::ahead::Ahead;
use crate::backend::Backend;
use crate::calls::Recorder;
use crate::conflicts::Conflicts;
use crate::door::Door;
use crate::faults::Faults;
use crate::feeder::{Reports, Targets, Tasks};
use crate::iam::Guard;
use crate::inbox::Inbox;
use crate::keys::KeyService;
use crate::kms::Kms;
use crate::logs::Logs;
use crate::state::StateDir;
use crate::template::{Table, Template};
use crate::{Error, LocalAws, Options, console, database, keys, tables, upstream};

impl LocalAws {
    /// Starts everything; when this returns, the tables and the key are there and calls are answered.
    ///
    /// # Errors
    /// The template is not understood, the address is taken, the state is damaged, or the upstream does not play along.
    pub async fn start(options: Options) -> Result<Self, Error> {
        let template = Template::read(&options.template)?;
        let state = StateDir::open(options.state.clone())?;
        let (backend, database) = start_backend(&options, &state).await?;
        create_tables(&template.tables, &backend, &options.table_prefix).await?;
        let play = play(&options, backend.url()).await?;
        let door = Arc::new(open_door(&options, &state, &template, backend).await?);
        let stop = watch::Sender::new(());
        let timekeeper = options.schedules.then(|| keep_time(Arc::clone(&door.tasks), stop.subscribe()));
        let router = Arc::clone(&play).around(console::router(Arc::clone(&door)));
        let (url, server) = serve(options.listen, router, stop.subscribe()).await?;
        let local = Self {
            url,
            door,
            play,
            state,
            table_prefix: options.table_prefix,
            poll: options.poll,
            functions: template.functions,
            mappings: template.mappings,
            fed: Mutex::default(),
            servers: timekeeper.into_iter().chain([server]).chain(database).collect(),
            stop,
        };
        local.feed_all(options.functions).await?;
        Ok(local)
    }
}

/// What calls to AWS come in through, with the keys that the template declares.
async fn open_door(options: &Options, state: &StateDir, template: &Template, backend: Backend) -> Result<Door, Error> {
    let kms = if options.upstream.is_some() {
        upstream::prepare(&backend, options).await?;
        None
    } else {
        Some(Kms::open(state.file("kms.json"), &options.region)?)
    };
    let service = KeyService { kms: kms.as_ref(), backend: &backend, known: &BTreeMap::new() };
    let keys = keys::create_missing(service, &template.resources, &options.alias_prefix).await?;
    let functions = Arc::new(Targets::default());
    Ok(Door {
        guard: Guard::read(&template.resources, options, keys).map_err(Error::Template)?,
        backend: Arc::new(backend),
        kms,
        inbox: Inbox::open(state.file("mails.jsonl"))?,
        logs: Logs::new(state.file("operators.jsonl")),
        recorder: Recorder::default(),
        faults: Faults::default(),
        conflicts: Conflicts::new(options.conflicts),
        reports: Reports::new(template.rules.clone()),
        tasks: Arc::new(Tasks::new(template.tasks.clone(), Arc::clone(&functions))),
        functions,
        ahead: Ahead::open(options.clock.clone(), state.file(CLOCK_FILE))?,
        writes: watch::Sender::new(0),
    })
}

/// Makes the tables of the template that are not there.
async fn create_tables(tables: &[Table], backend: &Backend, prefix: &str) -> Result<(), Error> {
    for table in tables {
        tables::create_missing(backend, &format!("{prefix}-{}", table.logical_id), table).await?;
    }
    Ok(())
}

/// The upstream, or the embedded database with its task.
async fn start_backend(options: &Options, state: &StateDir) -> Result<(Backend, Option<JoinHandle<()>>), Error> {
    if let Some(upstream) = &options.upstream {
        return Ok((Backend::new(upstream, &options.region, None), None));
    }
    let database = database::start(&state.file("dynamodb.sqlite")).await?;
    Ok((Backend::new(&database.url, &options.region, Some(database.running)), Some(database.task)))
}

/// Who is beside AWS at the same address.
async fn play(options: &Options, database: &str) -> Result<Arc<Play>, Error> {
    let tables = Tables { database, region: &options.region, prefix: &options.table_prefix };
    let reporter = match options.identity.clone() {
        Some(identity) => Some(Reporter::new(identity, options.clock.clone(), &tables).await),
        None => None,
    };
    Ok(Play::new(Paper::new(options.clock.clone())?, reporter))
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
    address: SocketAddr,
    router: Router,
    mut stopped: watch::Receiver<()>,
) -> Result<(String, JoinHandle<()>), Error> {
    let listen = |source| Error::Listen { address: address.to_string(), source };
    let listener = TcpListener::bind(address).await.map_err(listen)?;
    let url = format!("http://{}", listener.local_addr().map_err(listen)?);
    // Otherwise the kernel may hold back a small answer for 40 ms.
    let listener = listener.tap_io(|stream| {
        let _ = stream.set_nodelay(true);
    });
    let server = axum::serve(listener, router).with_graceful_shutdown(async move {
        let _ = stopped.changed().await;
    });
    let task = tokio::spawn(async move {
        if let Err(error) = server.await {
            tracing::error!(%error, "the door is broken");
        }
    });
    Ok((url, task))
}
