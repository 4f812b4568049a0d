//! Metrics: a log line with a name is a metric in CloudWatch's embedded metric format. Each crate lists those of its own lines.

use serde_json::{Map, Value, json};

/// A metric, and the line that it is read from.
#[derive(Clone, Copy, Debug)]
pub struct Metric {
    /// The field `event` of the line.
    pub event: &'static str,
    /// Its name in CloudWatch.
    pub name: &'static str,
    /// The field that holds the number; without one, each line counts 1. A line without the field is not counted.
    pub value: Option<&'static str>,
    /// CloudWatch's unit.
    pub unit: &'static str,
    /// Sets of fields by which it can be asked for; the empty one is the sum of all. Each value of a field is a metric of its own and is
    /// paid for.
    pub dimensions: &'static [&'static [&'static str]],
}

impl Metric {
    /// One that counts lines.
    #[must_use]
    pub const fn count(
        event: &'static str,
        name: &'static str,
        dimensions: &'static [&'static [&'static str]],
    ) -> Self {
        Self { event, name, value: None, unit: "Count", dimensions }
    }
}

/// The metrics of what this crate itself logs, whichever function it is in.
pub const METRICS: [Metric; 10] = [
    Metric::count("cold_start", "ColdStarts", &[&["service"]]),
    Metric::count("answer_failed", "FailedAnswers", &[&["service", "function_version"]]),
    Metric::count("contended", "Contended", &[&["service"]]),
    Metric::count("step_up_required", "StepUpRequired", &[&["service"]]),
    Metric::count("aws_throttled", "Throttled", &[&["dependency"]]),
    Metric::count("unsealing_refused", "RecordsThatDoNotOpen", &[&[]]),
    Metric::count("row_left_out", "RecordsThatDoNotOpen", &[&[]]),
    Metric::count("not_read", "NotRead", &[&["what"]]),
    Metric::count("account_changed", "AccountEvents", &[&["action"]]),
    Metric { value: Some("overdue_s"), unit: "Seconds", ..Metric::count("endings_round", "OldestEnding", &[&[]]) },
];

/// Turns a line into a metric as well, if its event is one of ours or of the function's `own`. `process`: what the line says of its
/// process, which nobody outside has a say in. `unix_ms`: milliseconds since 1970.
pub fn embed(
    line: &mut Map<String, Value>,
    own: &[Metric],
    process: &Map<String, Value>,
    namespace: &str,
    unix_ms: u64,
) {
    let Some(event) = line.get("event").and_then(Value::as_str) else { return };
    let metrics: Vec<_> = METRICS.iter().chain(own).filter(|metric| metric.event == event).collect();
    let mut directives = Vec::with_capacity(metrics.len());
    for Metric { name, value, unit, dimensions, .. } in metrics {
        let value = value.map_or(Some(json!(1)), |field| line.get(field).filter(|value| value.is_number()).cloned());
        let is_there = |dimension: &&str| {
            process.contains_key(*dimension) || line.get(*dimension).and_then(Value::as_str).is_some_and(is_word)
        };
        let dimensions: Vec<_> = dimensions.iter().filter(|set| set.iter().all(is_there)).collect();
        if let Some(value) = value.filter(|_| !dimensions.is_empty()) {
            let metrics = [json!({ "Name": name, "Unit": unit })];
            directives.push(json!({ "Namespace": namespace, "Dimensions": dimensions, "Metrics": metrics }));
            line.insert((*name).to_owned(), value);
        }
    }
    if !directives.is_empty() {
        line.insert("_aws".to_owned(), json!({ "Timestamp": unix_ms, "CloudWatchMetrics": directives }));
    }
}

/// Whether it can be a word of ours. Ids, addresses, tokens and what people call themselves are none, so that what slips through
/// becomes no dimension.
fn is_word(text: &str) -> bool {
    let is_ours = |byte: u8| byte.is_ascii_lowercase() || b"_-".contains(&byte);
    (1..=24).contains(&text.len()) && text.bytes().all(is_ours)
}
