//! What the deployment template says about tables, and about what invokes functions beside the API.

use std::fs;
use std::path::Path;
use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::feeder::filter::Filter;
use crate::{Error, yaml};

/// `DynamoDB`'s default for event source mappings.
const DEFAULT_BATCH_SIZE: u64 = 100;

/// The parts of a template that matter here.
pub(crate) struct Template {
    pub(crate) tables: Vec<Table>,
    /// The functions, by the names of their binaries.
    pub(crate) functions: Vec<String>,
    pub(crate) mappings: Vec<Mapping>,
    pub(crate) rules: Vec<Rule>,
    pub(crate) tasks: Vec<Task>,
    /// All of them, by logical id.
    pub(crate) resources: Map<String, Value>,
}

/// An `AWS::DynamoDB::Table`.
pub(crate) struct Table {
    pub(crate) logical_id: String,
    pub(crate) properties: Value,
}

/// An event of type `DynamoDB`: a stream, and how a function wants to have it.
#[derive(Clone)]
pub(crate) struct Mapping {
    pub(crate) function: String,
    /// Logical id of the table.
    pub(crate) table: String,
    pub(crate) batch_size: usize,
    /// Whether the function may report which records of a batch failed. If not, its answer means nothing.
    pub(crate) partial_failures: bool,
    pub(crate) filter: Filter,
}

/// An event of type `Schedule`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Task {
    pub(crate) function: String,
    /// What its input calls it.
    pub(crate) name: String,
    pub(crate) every: Duration,
    /// What the function is invoked with.
    pub(crate) input: Value,
}

/// An event of type `EventBridgeRule`.
#[derive(Clone)]
pub(crate) struct Rule {
    pub(crate) function: String,
    pub(crate) filter: Filter,
}

/// An event of a function, whatever its type.
struct Event<'t> {
    function: &'t str,
    kind: &'t str,
    properties: &'t Value,
}

impl Template {
    /// Reads and understands the file, or says what it does not understand.
    pub(crate) fn read(path: &Path) -> Result<Self, Error> {
        let text = fs::read_to_string(path).map_err(Error::file(path))?;
        Self::parse(&text).map_err(Error::Template)
    }

    fn parse(text: &str) -> Result<Self, String> {
        let template = yaml::parse(text)?;
        let resources = template["Resources"].as_object().ok_or("it has no Resources")?;
        let tables = resources.iter().filter(|(_, resource)| resource["Type"] == "AWS::DynamoDB::Table");
        let tables =
            tables.map(|(id, table)| Table { logical_id: id.clone(), properties: table["Properties"].clone() });
        let functions = resources.values().filter(|resource| resource["Type"] == "AWS::Serverless::Function");
        let functions: Vec<_> = functions.collect();
        let events: Vec<_> = functions.iter().flat_map(|function| events(function)).collect();
        let of_kind = |kind| events.iter().filter(move |event| event.kind == kind);
        Ok(Self {
            tables: tables.collect(),
            functions: functions.iter().map(|function| binary(function).to_owned()).collect(),
            mappings: of_kind("DynamoDB").map(Mapping::parse).collect::<Result<_, _>>()?,
            rules: of_kind("EventBridgeRule").map(Rule::parse).collect::<Result<_, _>>()?,
            tasks: of_kind("Schedule").map(Task::parse).collect::<Result<_, _>>()?,
            resources: resources.clone(),
        })
    }
}

fn binary(function: &Value) -> &str {
    function["Metadata"]["BuildProperties"]["Binary"].as_str().unwrap_or_default()
}

fn events(function: &Value) -> impl Iterator<Item = Event<'_>> {
    let events = function["Properties"]["Events"].as_object().into_iter().flat_map(Map::values);
    events.map(|event| Event {
        function: binary(function),
        kind: event["Type"].as_str().unwrap_or_default(),
        properties: &event["Properties"],
    })
}

impl Task {
    fn parse(event: &Event<'_>) -> Result<Self, String> {
        let input = event.properties["Input"].as_str().unwrap_or_default();
        let input: Value =
            serde_json::from_str(input).map_err(|error| format!("the Input of a schedule is not JSON: {error}"))?;
        let name = input["task"].as_str().ok_or_else(|| format!("the Input of a schedule names no task: {input}"))?;
        let rate = &event.properties["Schedule"];
        let every = rate.as_str().and_then(every).ok_or_else(|| format!("not a rate in minutes: {rate}"))?;
        Ok(Self { function: event.function.to_owned(), name: name.to_owned(), every, input })
    }
}

impl Rule {
    /// By source and kind. What a rule asks of the details is the configuration set, and here there is one.
    fn parse(event: &Event<'_>) -> Result<Self, String> {
        let mut pattern = event.properties["Pattern"].as_object().cloned().ok_or("a rule without a Pattern")?;
        pattern.remove("detail");
        let criteria = json!({"Filters": [{"Pattern": Value::Object(pattern).to_string()}]});
        Ok(Self { function: event.function.to_owned(), filter: Filter::parse(&criteria)? })
    }
}

/// `rate(1 minute)`, `rate(15 minutes)`.
fn every(rate: &str) -> Option<Duration> {
    let (number, unit) = rate.strip_prefix("rate(")?.strip_suffix(')')?.split_once(' ')?;
    let number = number.parse().ok().filter(|number| *number > 0)?;
    ["minute", "minutes"].contains(&unit).then(|| Duration::from_mins(number))
}

impl Mapping {
    fn parse(event: &Event<'_>) -> Result<Self, String> {
        let (function, event) = (event.function.to_owned(), event.properties);
        let stream = &event["Stream"]["Fn::GetAtt"];
        let (Some(table), Some("StreamArn")) = (stream[0].as_str(), stream[1].as_str()) else {
            return Err(format!("Stream is not the StreamArn of a table: {}", event["Stream"]));
        };
        let batch_size = match &event["BatchSize"] {
            Value::Null => DEFAULT_BATCH_SIZE,
            size => size.as_u64().filter(|size| *size > 0).ok_or("BatchSize is not a positive number")?,
        };
        let reports = event["FunctionResponseTypes"].as_array();
        Ok(Self {
            function,
            table: table.to_owned(),
            batch_size: usize::try_from(batch_size).map_err(|error| error.to_string())?,
            partial_failures: reports.is_some_and(|types| types.iter().any(|name| name == "ReportBatchItemFailures")),
            filter: Filter::parse(&event["FilterCriteria"])?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn task(schedule: &str, input: &str) -> Result<Task, String> {
        let properties = json!({"Schedule": schedule, "Input": input});
        Task::parse(&Event { function: "mail", kind: "Schedule", properties: &properties })
    }

    #[test]
    fn a_schedule_is_a_task_at_a_rate() {
        let expected = |minutes| Task {
            function: "mail".to_owned(),
            name: "send".to_owned(),
            every: Duration::from_mins(minutes),
            input: json!({"task": "send", "to": "all"}),
        };
        let input = r#"{"task":"send","to":"all"}"#;
        assert_eq!(task("rate(1 minute)", input), Ok(expected(1)));
        assert_eq!(task("rate(15 minutes)", input), Ok(expected(15)));
    }

    #[test]
    fn what_is_not_known_is_refused() {
        let input = r#"{"task":"send"}"#;
        for schedule in ["cron(0 * * * ? *)", "rate(1 hour)", "rate(0 minutes)", "rate(minute)", "1 minute", ""] {
            assert!(task(schedule, input).is_err(), "{schedule}");
        }
        for input in ["", "{}", "send", r#"{"task":1}"#] {
            assert!(task("rate(1 minute)", input).is_err(), "{input}");
        }
    }
}
