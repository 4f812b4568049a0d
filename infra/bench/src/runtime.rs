//! A host that speaks Lambda's Runtime API to one function: starts its binary, hands it events, takes its answers, stops it.

use std::{
    io,
    path::{Path, PathBuf},
    process::{ExitStatus, Stdio},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use axum::{
    Router,
    body::Bytes,
    extract::{Path as Segments, State},
    http::{HeaderName, StatusCode},
    response::{IntoResponse, Response},
    routing::{get, post},
    serve::ListenerExt,
};
use serde_json::Value;
use shared::time::Clock;
use tokio::{
    io::AsyncReadExt,
    net::TcpListener,
    process::{Child, ChildStdout, Command},
    sync::{Mutex as Turn, mpsc},
    task::JoinHandle,
};

/// Longer than any function may take, its start under an emulated processor included.
const PATIENCE: Duration = Duration::from_mins(1);

/// How to start a function.
#[derive(Clone, Debug, Default)]
pub struct Launch {
    /// `AWS_LAMBDA_FUNCTION_NAME`.
    pub name: String,
    /// The executable, called `bootstrap` on Lambda.
    pub binary: PathBuf,
    /// A program and its arguments that run the executable, such as `qemu-aarch64 -L DIR`; usually empty.
    pub runner: Vec<String>,
    /// `AWS_LAMBDA_FUNCTION_MEMORY_SIZE`, in MB. Only told, not enforced.
    pub memory: u32,
    /// The function's whole environment besides; nothing is inherited.
    pub settings: Vec<(String, String)>,
}

impl Launch {
    /// With another setting.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.settings.retain(|(set, _)| set != name);
        self.settings.push((name.to_owned(), value.to_owned()));
        self
    }
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The port, the process or the pipe.
    #[error("the function could not be started: {0}")]
    Start(#[source] io::Error),
    /// It said so itself, before it asked for work.
    #[error("the function failed in init: {0}")]
    Init(String),
    /// Its answer to an event is an error.
    #[error("the function failed: {0}")]
    Failed(String),
    /// Its process ended.
    #[error("the function's process ended: {0}")]
    Ended(ExitStatus),
    /// It neither answered nor asked for work for a minute.
    #[error("the function hangs")]
    Hangs,
    /// Its answer is no JSON.
    #[error("the function's answer is no JSON: {0}")]
    NoJson(#[from] serde_json::Error),
}

/// What the function has said.
enum Said {
    /// It wants work.
    Ready(Instant),
    Answer(Bytes),
    Error(String),
    InitError(String),
}

/// What the handlers share.
struct Desk {
    said: mpsc::UnboundedSender<Said>,
    work: Turn<mpsc::UnboundedReceiver<(u64, Bytes)>>,
    /// The function's ARN.
    arn: String,
}

/// A function that waits for events. It ends when dropped.
pub struct Function {
    child: Child,
    init: Duration,
    said: mpsc::UnboundedReceiver<Said>,
    work: mpsc::UnboundedSender<(u64, Bytes)>,
    events: u64,
    log: Arc<Mutex<String>>,
    server: JoinHandle<()>,
}

impl Function {
    /// Starts a function and waits until it asks for work.
    ///
    /// # Errors
    /// When it does not.
    pub async fn start(launch: &Launch) -> Result<Self, Error> {
        let (said, heard) = mpsc::unbounded_channel();
        let (work, waiting) = mpsc::unbounded_channel();
        let arn = format!("arn:aws:lambda:us-east-1:123456789012:function:{}", launch.name);
        let (api, server) = serve(Desk { said, work: Turn::new(waiting), arn }).await.map_err(Error::Start)?;
        let started = Instant::now();
        let mut child = command(launch, &api).spawn().map_err(Error::Start)?;
        let log = Arc::default();
        if let Some(output) = child.stdout.take() {
            tokio::spawn(keep(output, Arc::clone(&log)));
        }
        let mut function = Self { child, init: Duration::ZERO, said: heard, work, events: 0, log, server };
        function.init = function.ready().await?.saturating_duration_since(started);
        Ok(function)
    }

    /// From the start of the process to its first request for work.
    #[must_use]
    pub const fn init(&self) -> Duration {
        self.init
    }

    /// The id of its process, or of its runner's; `None` when it has ended.
    #[must_use]
    pub fn pid(&self) -> Option<u32> {
        self.child.id()
    }

    /// Hands it an event and waits for the answer, and until it asks for work again: then all that it does for the event is done.
    ///
    /// # Errors
    /// When it answers with an error, with what is no JSON, or not at all.
    pub async fn invoke(&mut self, event: &Value) -> Result<Value, Error> {
        self.events += 1;
        let _ended = self.work.send((self.events, event.to_string().into()));
        let answer = match self.hear().await? {
            Said::Answer(answer) => Ok(serde_json::from_slice(&answer)?),
            Said::Error(error) | Said::InitError(error) => Err(Error::Failed(error)),
            Said::Ready(_) => Err(Error::Failed("it asks for work without having answered".to_owned())),
        };
        self.ready().await?;
        answer
    }

    /// What it has written to standard output since the last call.
    #[must_use]
    pub fn log(&self) -> String {
        std::mem::take(&mut lock(&self.log))
    }

    /// Ends it, as Lambda does with an environment that is no longer needed.
    ///
    /// # Errors
    /// When the process cannot be ended.
    pub async fn stop(mut self) -> io::Result<()> {
        self.child.kill().await
    }

    async fn ready(&mut self) -> Result<Instant, Error> {
        match self.hear().await? {
            Said::Ready(at) => Ok(at),
            Said::InitError(error) => Err(Error::Init(error)),
            Said::Error(error) => Err(Error::Failed(error)),
            Said::Answer(_) => Err(Error::Failed("it answers what nobody asked".to_owned())),
        }
    }

    async fn hear(&mut self) -> Result<Said, Error> {
        tokio::select! {
            // What it said before it ended counts.
            biased;
            Some(said) = self.said.recv() => Ok(said),
            status = self.child.wait() => Err(status.map_or_else(Error::Start, Error::Ended)),
            () = tokio::time::sleep(PATIENCE) => Err(Error::Hangs),
        }
    }
}

impl Drop for Function {
    fn drop(&mut self) {
        self.server.abort();
    }
}

fn command(launch: &Launch, api: &str) -> Command {
    let mut words = launch.runner.iter().map(Path::new).chain([launch.binary.as_path()]);
    let mut command = Command::new(words.next().unwrap_or(&launch.binary));
    command
        .args(words)
        .env_clear()
        .envs(launch.settings.iter().map(|(name, value)| (name, value)))
        .env("AWS_LAMBDA_RUNTIME_API", api)
        .env("AWS_LAMBDA_FUNCTION_NAME", &launch.name)
        .env("AWS_LAMBDA_FUNCTION_VERSION", "1")
        .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", launch.memory.to_string())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .kill_on_drop(true);
    command
}

async fn keep(mut output: ChildStdout, log: Arc<Mutex<String>>) {
    let mut bytes = vec![0; 64 * 1024];
    while let Ok(read @ 1..) = output.read(&mut bytes).await {
        lock(&log).push_str(&String::from_utf8_lossy(&bytes[..read]));
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The API on a port of its own: `HOST:PORT`.
async fn serve(desk: Desk) -> io::Result<(String, JoinHandle<()>)> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?.to_string();
    // Otherwise the kernel may hold back a small answer for 40 ms.
    let listener = listener.tap_io(|stream| {
        let _ = stream.set_nodelay(true);
    });
    let router = Router::new()
        .route("/2018-06-01/runtime/invocation/next", get(next))
        .route("/2018-06-01/runtime/invocation/{id}/response", post(response))
        .route("/2018-06-01/runtime/invocation/{id}/error", post(error))
        .route("/2018-06-01/runtime/init/error", post(init_error))
        .with_state(Arc::new(desk));
    let server = tokio::spawn(async move {
        // It ends with its task.
        let _ = axum::serve(listener, router).await;
    });
    Ok((address, server))
}

async fn next(State(desk): State<Arc<Desk>>) -> Response {
    desk.say(Said::Ready(Instant::now()));
    let Some((id, event)) = desk.work.lock().await.recv().await else {
        return StatusCode::GONE.into_response();
    };
    let deadline = (Clock::default().now() + PATIENCE).as_second() * 1000;
    let header = HeaderName::from_static;
    let headers = [
        (header("lambda-runtime-aws-request-id"), format!("8476a536-e9f4-11e8-9739-{id:012}")),
        (header("lambda-runtime-deadline-ms"), deadline.to_string()),
        (header("lambda-runtime-invoked-function-arn"), desk.arn.clone()),
        (header("lambda-runtime-trace-id"), "Root=1-67a1b2c3-0123456789abcdef01234567;Sampled=0".to_owned()),
        (header("content-type"), "application/json".to_owned()),
    ];
    (headers, event).into_response()
}

async fn response(State(desk): State<Arc<Desk>>, Segments(_): Segments<String>, body: Bytes) -> StatusCode {
    desk.say(Said::Answer(body))
}

async fn error(State(desk): State<Arc<Desk>>, Segments(_): Segments<String>, body: String) -> StatusCode {
    desk.say(Said::Error(body))
}

async fn init_error(State(desk): State<Arc<Desk>>, body: String) -> StatusCode {
    desk.say(Said::InitError(body))
}

impl Desk {
    /// Nobody may be listening any more.
    fn say(&self, said: Said) -> StatusCode {
        let _ = self.said.send(said);
        StatusCode::ACCEPTED
    }
}
