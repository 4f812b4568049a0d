//! What functions write to standard output: lines of the log, and the metrics in them. Tests catch it here.

pub mod emf;
mod lines;
pub mod metrics;
mod operators;

use std::{
    cell::RefCell,
    panic,
    sync::{LazyLock, Once},
};

use lambda_http::Context;
use serde_json::Value;
use shared::{config::LogConfig, log, metrics::Metric};
use tests::Function;
use tracing::{Level, subscriber::DefaultGuard};

/// Where the metrics of these tests are.
pub const NAMESPACE: &str = "a-stack";

thread_local! {
    /// What this test's own thread has logged, once it wants to know.
    static LOG: RefCell<Option<Vec<u8>>> = const { RefCell::new(None) };
}

/// The metrics of the functions that have some, each with its crate. All of them are in this one process.
pub const OF_FUNCTIONS: [(&str, &[Metric]); 5] = [
    ("auth", &auth::metrics::METRICS),
    ("api_keys", &api_keys::metrics::METRICS),
    ("kyc", &kyc::metrics::METRICS),
    ("oauth", &oauth::metrics::METRICS),
    ("mail", &mail::metrics::METRICS),
];
static METRICS: LazyLock<Vec<Metric>> =
    LazyLock::new(|| OF_FUNCTIONS.iter().flat_map(|(_, own)| own.to_vec()).collect());

/// How the functions of these tests log: everything, and with metrics.
pub fn config() -> LogConfig {
    LogConfig {
        service: "auth",
        crates: Function::ALL
            .map(|function| function.binary().replace('-', "_"))
            .into_iter()
            .chain(["shared".to_owned()])
            .collect(),
        metrics: &METRICS,
        function_name: Some("stack-auth".to_owned()),
        function_version: Some("7".to_owned()),
        function_memory_size: Some(512),
        level: Level::TRACE,
        metrics_namespace: Some(NAMESPACE.to_owned()),
        release: Some("a-release".to_owned()),
    }
}

/// Catches what would go to standard output, for each test apart.
fn keep(line: &[u8]) {
    LOG.with_borrow_mut(|log| log.iter_mut().for_each(|log| log.extend_from_slice(line)));
}

/// Begins to catch. Everything of a test runs on its own thread, but for the hashing of passwords, which logs nothing.
pub fn capture() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        tracing::subscriber::set_global_default(log::subscriber(config(), keep)).unwrap();
        let usual = panic::take_hook();
        panic::set_hook(Box::new(move |panic| {
            log::panicked(panic);
            usual(panic);
        }));
        // The cold start of this process is no test's.
        drop(log::invocation(&Context::default(), None));
    });
    LOG.set(Some(Vec::new()));
}

/// Begins to catch as another process would that is configured differently: on this thread until the guard is dropped.
pub fn capture_as(config: LogConfig) -> DefaultGuard {
    capture();
    tracing::subscriber::set_default(log::subscriber(config, keep))
}

/// What it caught.
pub fn text() -> String {
    String::from_utf8(LOG.take().unwrap()).unwrap()
}

/// The lines that this test's thread has logged, as JSON.
pub fn lines() -> Vec<Value> {
    text().lines().map(|line| serde_json::from_str(line).expect(line)).collect()
}
