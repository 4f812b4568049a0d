//! The embedded `DynamoDB`, on a loopback port of its own.

use std::net::Ipv4Addr;

use dynoxide::Database;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::Error;
use crate::state::StateFile;

/// Keeps the database running; it stops once this is dropped and its last request is answered.
pub(crate) struct Running {
    _stop: oneshot::Sender<()>,
}

/// A started database.
pub(crate) struct Started {
    pub(crate) url: String,
    pub(crate) running: Running,
    pub(crate) task: JoinHandle<()>,
}

/// Opens the database in `file`, or in memory, and serves it.
pub(crate) async fn start(file: &StateFile) -> Result<Started, Error> {
    let database = match file.path() {
        Some(path) => Database::new(&path.to_string_lossy()),
        None => Database::memory(),
    };
    let database = database.map_err(|error| Error::Database(error.to_string()))?;
    let listen = |source| Error::Listen { address: "a loopback port".to_owned(), source };
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.map_err(listen)?;
    let url = format!("http://{}", listener.local_addr().map_err(listen)?);
    let (stop, stopped) = oneshot::channel::<()>();
    let task = tokio::spawn(async move {
        let until = async move {
            // Nobody ever sends: the sender goes away.
            let _ = stopped.await;
        };
        if let Err(error) = dynoxide::server::serve_with_shutdown(listener, database, until).await {
            tracing::error!(error, "the database stopped");
        }
    });
    Ok(Started { url, running: Running { _stop: stop }, task })
}
