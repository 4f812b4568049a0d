//! Logs: JSON lines, one per request, with nothing in them that names a person or opens a door.

use std::time::Instant;

use axum::{
    extract::{MatchedPath, Request},
    middleware::Next,
    response::Response,
};
use lambda_http::Context;
use tracing::{Instrument, Level, Subscriber, info, info_span};
use tracing_subscriber::{
    filter::Targets,
    fmt::{MakeWriter, time::SystemTime},
    layer::SubscriberExt,
    registry,
};

/// Our own crates; every other one logs warnings and errors only, because below that some print requests.
const OURS: [&str; 5] = ["shared", "auth", "mail", "api_keys", "kyc"];

/// A subscriber that writes JSON lines with an RFC 3339 `timestamp`.
pub fn subscriber<W>(level: Level, writer: W) -> impl Subscriber + Send + Sync
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let lines = tracing_subscriber::fmt::layer()
        .json()
        .flatten_event(true)
        .with_current_span(true)
        .with_span_list(false)
        .with_timer(SystemTime)
        .with_writer(writer);
    let filter = Targets::new()
        .with_default(Level::WARN)
        // It warns in every instance that it makes no use of the concurrency that cargo-lambda offers.
        .with_target("lambda_runtime", Level::ERROR)
        .with_targets(OURS.map(|name| (name, level)));
    registry().with(filter).with(lines)
}

/// Logs to standard output from here on. A second call changes nothing.
pub fn init(level: Level) {
    let _ = tracing::subscriber::set_global_default(subscriber(level, std::io::stdout));
}

/// One line per request: its id, route (never the path, which may hold ids), status and duration.
pub(crate) async fn request(request: Request, next: Next) -> Response {
    let started = Instant::now();
    let request_id =
        request.extensions().get::<Context>().map(|context| context.request_id.clone()).unwrap_or_default();
    let route = request.extensions().get::<MatchedPath>().map_or("-", MatchedPath::as_str).to_owned();
    let method = request.method().as_str().to_owned();
    let answer = next.run(request).instrument(info_span!("request", request_id)).await;
    let duration_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    info!(request_id, method, route, status = answer.status().as_u16(), duration_ms, "request");
    answer
}
