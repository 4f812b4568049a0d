//! The dashboard shows metrics that there are, and all of ours.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{alarm::template, aws::FACTS};
use crate::logs::{self, metrics};

/// Namespace, name and names of dimensions of whatever the dashboard shows.
fn shown() -> Vec<(String, String, Vec<String>)> {
    let template = template();
    let resources = template["Resources"].as_object().unwrap().values();
    let dashboards = resources.filter(|resource| resource["Type"] == "AWS::CloudWatch::Dashboard");
    let bodies = dashboards.map(|dashboard| {
        let body = dashboard["Properties"]["DashboardBody"]["Fn::Sub"].as_str().unwrap();
        serde_json::from_str::<Value>(&body.replace("${AWS::StackName}", logs::NAMESPACE)).unwrap()
    });
    let lists = bodies.flat_map(|body| body["widgets"].as_array().unwrap().clone());
    let entries = lists.flat_map(|widget| widget["properties"]["metrics"].as_array().cloned().unwrap_or_default());
    entries.map(|entry| entry[0]["expression"].as_str().map_or_else(|| listed(&entry), searched)).collect()
}

/// `["AWS/SQS", "Name", "Dimension", "value", …]`
fn listed(entry: &Value) -> (String, String, Vec<String>) {
    let texts: Vec<_> = entry.as_array().unwrap().iter().filter_map(Value::as_str).map(str::to_owned).collect();
    (texts[0].clone(), texts[1].clone(), texts[2..].iter().step_by(2).cloned().collect())
}

/// `SEARCH('{AWS/SQS,Dimension} MetricName="Name" …', 'Sum', 300)`
fn searched(expression: &str) -> (String, String, Vec<String>) {
    let (schema, rest) = expression.strip_prefix("SEARCH('{").and_then(|rest| rest.split_once('}')).unwrap();
    let name = rest.split('"').nth(1).filter(|_| rest.starts_with(" MetricName=\"")).unwrap();
    let mut parts = schema.split(',').map(|part| part.trim_matches('"').to_owned());
    (parts.next().unwrap(), name.to_owned(), parts.collect())
}

#[test]
fn it_shows_what_there_is() {
    let shown = shown();
    for (namespace, name, mut dimensions) in shown.clone() {
        dimensions.sort();
        let ours = metrics::all().map(|(_, metric)| metric);
        let ours = ours.filter(|metric| namespace == logs::NAMESPACE && metric.name == name);
        let theirs = FACTS.iter().filter(|fact| (fact.namespace, fact.name) == (&*namespace, &*name));
        let sets: Vec<_> =
            ours.flat_map(|metric| metric.dimensions).chain(theirs.flat_map(|fact| fact.dimensions)).collect();
        let is_there = sets.iter().any(|set| set.iter().copied().collect::<BTreeSet<_>>().into_iter().eq(&dimensions));
        assert!(is_there, "{namespace} {name} {dimensions:?} is shown, and known are {sets:?}");
    }
    let all: BTreeSet<_> = metrics::all().map(|(_, metric)| metric.name).collect();
    let ours = shown.iter().filter(|(namespace, ..)| namespace == logs::NAMESPACE).map(|(_, name, _)| name.as_str());
    assert_eq!(ours.collect::<BTreeSet<_>>(), all);
}
