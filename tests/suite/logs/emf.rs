//! CloudWatch's side of the log: reads metrics out of lines as the specification of the embedded metric format has it, and accepts
//! no line that breaks its rules.

use std::collections::BTreeMap;

use serde_json::Value;

/// The namespace, name and set of dimensions that a metric is kept under, and one number.
#[derive(Clone, Debug, PartialEq)]
pub struct Datapoint {
    pub namespace: String,
    pub name: String,
    pub unit: String,
    pub dimensions: BTreeMap<String, String>,
    pub value: f64,
}

/// Some of CloudWatch's units.
const UNITS: [&str; 6] = ["Seconds", "Milliseconds", "Bytes", "Percent", "Count", "None"];

/// The datapoints of a line: one for each metric in each of its sets of dimensions.
///
/// # Panics
/// When CloudWatch would drop some of it.
pub fn datapoints(line: &Value) -> Vec<Datapoint> {
    let Some(metadata) = line.get("_aws") else { return Vec::new() };
    has_only(metadata, &["Timestamp", "CloudWatchMetrics"]);
    assert!(metadata["Timestamp"].as_u64().is_some_and(|ms| ms > 1_700_000_000_000), "no milliseconds: {metadata}");
    let directives = metadata["CloudWatchMetrics"].as_array().unwrap();
    assert!(!directives.is_empty(), "{metadata}");
    directives.iter().flat_map(|directive| of_directive(line, directive)).collect()
}

fn of_directive(line: &Value, directive: &Value) -> Vec<Datapoint> {
    has_only(directive, &["Namespace", "Dimensions", "Metrics"]);
    let namespace = text(&directive["Namespace"], 1024);
    assert!(!namespace.starts_with("AWS/"), "{namespace} belongs to AWS");
    let sets = directive["Dimensions"].as_array().unwrap();
    let metrics = directive["Metrics"].as_array().unwrap();
    assert!(!sets.is_empty() && (1..=100).contains(&metrics.len()), "{directive}");
    let sets: Vec<_> = sets.iter().map(|set| dimensions(line, set)).collect();
    let mut points = Vec::new();
    for metric in metrics {
        has_only(metric, &["Name", "Unit"]);
        let (name, unit) = (text(&metric["Name"], 1024), text(&metric["Unit"], 32));
        assert!(UNITS.contains(&unit.as_str()), "{unit}");
        let value = line[&name].as_f64().unwrap_or_else(|| panic!("{name} is no number: {line}"));
        points.extend(sets.iter().map(|dimensions| Datapoint {
            namespace: namespace.clone(),
            name: name.clone(),
            unit: unit.clone(),
            dimensions: dimensions.clone(),
            value,
        }));
    }
    points
}

/// A set of dimensions names members of the line, and those are texts.
fn dimensions(line: &Value, set: &Value) -> BTreeMap<String, String> {
    let names = set.as_array().unwrap();
    assert!(names.len() <= 30, "{set}");
    names.iter().map(|name| (text(name, 250), text(&line[name.as_str().unwrap()], 1024))).collect()
}

fn text(value: &Value, most: usize) -> String {
    let text = value.as_str().unwrap_or_else(|| panic!("no text: {value}"));
    assert!((1..=most).contains(&text.len()) && text.is_ascii() && text.trim() == text, "{text:?}");
    text.to_owned()
}

fn has_only(object: &Value, members: &[&str]) {
    let mut names: Vec<_> = object.as_object().unwrap().keys().map(String::as_str).collect();
    names.retain(|name| !members.contains(name));
    assert!(names.is_empty(), "{names:?} in {object}");
}
