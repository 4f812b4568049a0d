//! Logs: JSON lines, one per request, with nothing in them that names a person or opens a door. Keys are those of AWS Powertools.
//!
//! A line whose `event` is in a table of metrics, [`crate::metrics`] or the function's own, is a metric as well.

mod line;

use std::{
    io::{self, Write},
    panic::{self, PanicHookInfo},
    time::Instant,
};

use axum::{
    extract::{MatchedPath, Request},
    middleware::Next,
    response::Response,
};
use lambda_http::Context;
use tracing::{Span, Subscriber, error, error_span, info, warn};
use tracing_subscriber::{layer::SubscriberExt, registry};

use crate::{config::LogConfig, error::Failed};
use line::Lines;

/// The span of one invocation. The first one of a process is a cold start.
const INVOCATION: &str = "invocation";

/// A subscriber that gives each line, a JSON object and a line feed, to `write`. It stands for one process: the first invocation
/// that it sees is the cold start.
pub fn subscriber(config: LogConfig, write: impl Fn(&[u8]) + Send + Sync + 'static) -> impl Subscriber + Send + Sync {
    registry().with(Lines::new(config, write))
}

/// Logs to standard output from here on, panics included. A second call changes nothing.
pub fn init(config: LogConfig) {
    // What cannot be written cannot be logged either.
    let to_stdout = |line: &[u8]| drop(io::stdout().lock().write_all(line));
    let _ = tracing::subscriber::set_global_default(subscriber(config, to_stdout));
    panic::set_hook(Box::new(panicked));
}

/// Logs where a panic is, and what it says if that stands in the code: what was formatted may quote anything.
pub fn panicked(panic: &PanicHookInfo<'_>) {
    let place = panic.location().map(ToString::to_string);
    let says = panic.payload().downcast_ref::<&'static str>();
    error!(place, says, "a panic");
}

/// The span of one invocation: what is logged inside bears its ids. `correlation_id` is the gateway's id of the request.
#[must_use]
pub fn invocation(context: &Context, correlation_id: Option<&str>) -> Span {
    // An error's level, though it is none: the ids are wanted at every level.
    error_span!(
        INVOCATION,
        function_arn = context.invoked_function_arn,
        function_request_id = context.request_id,
        correlation_id,
        xray_trace_id = context.xray_trace_id.as_deref().and_then(root),
    )
}

/// The trace in a header of X-Ray: `Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e709;Parent=…;Sampled=1`.
fn root(header: &str) -> Option<&str> {
    header.split(';').find_map(|part| part.trim().strip_prefix("Root="))
}

/// One line per request: route (never the path, which may hold ids), status and duration.
pub(crate) async fn request(request: Request, next: Next) -> Response {
    let started = Instant::now();
    let route = request.extensions().get::<MatchedPath>().map_or("-", MatchedPath::as_str).to_owned();
    let method = request.method().as_str().to_owned();
    let answer = next.run(request).await;
    let duration_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    let status = answer.status().as_u16();
    if answer.extensions().get::<Failed>().is_some() {
        warn!(event = "answer_failed", method, route, status, duration_ms, "request");
    } else {
        info!(method, route, status, duration_ms, "request");
    }
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_root_of_a_trace_is_its_id() {
        let header = "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e709;Parent=9a9197af755a6419;Sampled=1";
        assert_eq!(root(header), Some("1-5bef4de7-ad49b0e87f6ef6c87fc2e709"));
        assert_eq!(root("Self=1-2-3; Root=1-2-4"), Some("1-2-4"));
        assert_eq!(root("Parent=9a9197af755a6419"), None);
    }
}
