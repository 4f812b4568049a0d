//! What a local AWS is started with.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use paper::Identity;
use serde_json::Value;
use shared::time::Clock;

/// A function called in this process: takes the event, gives the function's answer or its error message.
pub type Function = dyn Fn(Value) -> BoxFuture<'static, Result<Value, String>> + Send + Sync;

/// Where the functions of the template are. Whatever is for one that is nowhere waits.
#[derive(Clone)]
pub enum Functions {
    /// All of them at this base URL, as cargo-lambda serves them.
    At(String),
    /// In this process, by the names of their binaries, and the others nowhere.
    InProcess(BTreeMap<String, Arc<Function>>),
}

/// Settings of a local AWS. Start from [`Options::new`] and change what differs.
#[derive(Clone)]
pub struct Options {
    /// Address to listen on; port 0 takes any free one.
    pub listen: SocketAddr,
    /// Directory that keeps tables, keys, mails and the positions in the streams; `None` keeps all in memory.
    pub state: Option<PathBuf>,
    /// Base URL of another AWS emulator that answers instead of our own database and stand-ins.
    pub upstream: Option<String>,
    /// The deployment template whose tables, event source mappings, rules and schedules are used.
    pub template: PathBuf,
    /// Tables are named `{table_prefix}-{logical id}`.
    pub table_prefix: String,
    /// Who receives streams and reports, and carries out tasks.
    pub functions: Functions,
    /// How often streams are read when no write came through the door, as expired items or other processes may add to it.
    pub poll: Duration,
    /// Whether the schedules of the template are kept, by the real clock. Otherwise a task is carried out on demand only.
    pub schedules: bool,
    /// How long after its answer a transaction is in the way of other writes of its rows; zero for never, not even before it.
    pub conflicts: Duration,
    /// The clock of the exchanges and the identity providers, which must be that of the functions.
    pub clock: Clock,
    /// What signs reports of identity providers; without it, none are sent.
    pub identity: Option<Identity>,
    /// Region in ARNs and in our own calls. An upstream keeps one world per region, so clients must use the same one.
    pub region: String,
    /// Each KMS key of the template exists from the start under the alias `alias/{alias_prefix}-{logical id}`.
    pub alias_prefix: String,
    /// What the functions are told to be: the template's parameter `Stage`.
    pub stage: String,
    /// Sender that an upstream SES is told to accept, and that the function `mail` may use.
    pub sender: String,
    /// Configuration set that is made in an upstream SES, and that the function `mail` may use.
    pub configuration_set: String,
}

impl Options {
    /// In memory, on any free port of the loopback interface, feeding nobody.
    #[must_use]
    pub fn new(template: impl Into<PathBuf>) -> Self {
        Self {
            listen: (Ipv4Addr::LOCALHOST, 0).into(),
            state: None,
            upstream: None,
            template: template.into(),
            table_prefix: "local".to_owned(),
            functions: Functions::InProcess(BTreeMap::new()),
            poll: Duration::from_secs(1),
            schedules: false,
            conflicts: Duration::from_millis(10),
            clock: Clock::default(),
            identity: None,
            region: "us-east-1".to_owned(),
            alias_prefix: "local".to_owned(),
            stage: "local".to_owned(),
            sender: "no-reply@bitcain.example".to_owned(),
            configuration_set: "local".to_owned(),
        }
    }
}
