//! How an event becomes a line.

use std::{
    fmt::{Debug, Write},
    sync::atomic::{AtomicBool, Ordering},
};

use serde_json::{Map, Value};
use tracing::{
    Event, Level, Metadata, Subscriber,
    field::{Field, Visit},
    level_filters::LevelFilter,
    span::{Attributes, Id},
};
use tracing_subscriber::{Layer, layer::Context, registry::LookupSpan};

use super::INVOCATION;
use crate::{
    config::LogConfig,
    metrics::{self, Metric},
    time::Clock,
};

/// Writes lines, decides which, and knows what all of a process have in common.
pub struct Lines<W> {
    level: Level,
    crates: Vec<String>,
    namespace: Option<String>,
    metrics: &'static [Metric],
    process: Map<String, Value>,
    /// Said once in a process, at its first invocation.
    release: Option<String>,
    /// Until the first invocation.
    is_cold: AtomicBool,
    write: W,
}

impl<W: Fn(&[u8])> Lines<W> {
    /// For the process that `config` describes.
    pub fn new(config: LogConfig, write: W) -> Self {
        let mut process = Map::new();
        process.insert("service".to_owned(), config.service.into());
        process.extend(config.function_name.map(|name| ("function_name".to_owned(), name.into())));
        process.extend(config.function_version.map(|version| ("function_version".to_owned(), version.into())));
        process.extend(config.function_memory_size.map(|size| ("function_memory_size".to_owned(), size.into())));
        let is_cold = AtomicBool::new(true);
        let LogConfig { level, crates, metrics, metrics_namespace: namespace, release, .. } = config;
        Self { level, crates, namespace, metrics, process, release, is_cold, write }
    }

    /// Keys that are there already are not replaced: neither a field nor a span can pass for another level, moment or function.
    fn line(&self, level: Level, target: &str, spans: impl Iterator<Item = (String, Value)>, fields: Fields) {
        let Fields(mut fields) = fields;
        let unix_ms = Clock::default().unix_ms();
        let moment = i64::try_from(unix_ms).ok().and_then(|ms| jiff::Timestamp::from_millisecond(ms).ok());
        let mut line = Map::new();
        line.insert("level".to_owned(), level.as_str().into());
        line.insert("message".to_owned(), fields.remove("message").unwrap_or_default());
        line.insert("timestamp".to_owned(), moment.unwrap_or_default().to_string().into());
        line.insert("target".to_owned(), target.into());
        for (key, value) in self.process.clone().into_iter().chain(spans).chain(fields) {
            line.entry(key).or_insert(value);
        }
        if let Some(namespace) = &self.namespace {
            metrics::embed(&mut line, self.metrics, &self.process, namespace, unix_ms);
        }
        if let Ok(mut text) = serde_json::to_vec(&line) {
            text.push(b'\n');
            (self.write)(&text);
        }
    }
}

impl<S, W> Layer<S> for Lines<W>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    W: Fn(&[u8]) + Send + Sync + 'static,
{
    /// Asked once for each place in the code. Events with a name are wanted at every level: alarms are made of them. Crates that are not
    /// ours log warnings and errors only, because below that some print requests, and no spans, which hold whatever their authors like.
    fn enabled(&self, metadata: &Metadata<'_>, _: Context<'_, S>) -> bool {
        let name = metadata.target().split("::").next().unwrap_or_default();
        if self.crates.iter().any(|own| own == name) {
            return *metadata.level() <= self.level || metadata.fields().field("event").is_some();
        }
        // It repeats, without the ids of the invocation, what the function has logged of an error or a panic.
        if metadata.target() == "lambda_runtime::layers::panic" {
            return false;
        }
        // It warns in every instance that it makes no use of the concurrency that cargo-lambda offers.
        let most = if name == "lambda_runtime" { Level::ERROR } else { Level::WARN };
        metadata.is_event() && *metadata.level() <= most
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        // Events with a name are no less than information.
        Some(self.level.max(Level::INFO).into())
    }

    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        if attributes.metadata().name() == INVOCATION {
            let is_cold = self.is_cold.swap(false, Ordering::Relaxed);
            fields.put("cold_start", is_cold);
            if is_cold {
                let mut event = Fields::default();
                event.put("event", "cold_start");
                event.put("message", "the first invocation of this process");
                event.0.extend(self.release.clone().map(|release| ("release".to_owned(), release.into())));
                self.line(Level::INFO, attributes.metadata().target(), fields.0.clone().into_iter(), event);
            }
        }
        if let Some(span) = context.span(id) {
            span.extensions_mut().insert(fields);
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        let spans = context.event_scope(event).into_iter().flatten();
        let spans = spans.filter_map(|span| Some(span.extensions().get::<Fields>()?.0.clone())).flatten();
        self.line(*event.metadata().level(), event.metadata().target(), spans, fields);
    }
}

/// The fields of an event or a span.
#[derive(Default)]
struct Fields(Map<String, Value>);

impl Fields {
    fn put(&mut self, name: &str, value: impl Into<Value>) {
        self.0.insert(name.to_owned(), value.into());
    }
}

impl Visit for Fields {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.put(field.name(), value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.put(field.name(), value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.put(field.name(), value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put(field.name(), value);
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.put(field.name(), value);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        let mut text = String::new();
        // Not `format!`, which panics where a value cannot be written. What could be is kept.
        let _ = write!(text, "{value:?}");
        self.put(field.name(), text);
    }
}
