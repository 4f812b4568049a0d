//! What the deployment template says about tables, and about the function behind a stream and its schedules.

use std::fs;
use std::path::Path;
use std::time::Duration;

use serde_json::{Map, Value};

use crate::feeder::filter::Filter;
use crate::{Error, yaml};

/// `DynamoDB`'s default for event source mappings.
const DEFAULT_BATCH_SIZE: u64 = 100;

/// The parts of a template that matter here.
pub(crate) struct Template {
    pub(crate) tables: Vec<Table>,
    /// None if no function reads a stream.
    pub(crate) mapping: Option<Mapping>,
    /// The schedules of the same function.
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
    /// What its input calls it.
    pub(crate) name: String,
    pub(crate) every: Duration,
    /// What the function is invoked with.
    pub(crate) input: Value,
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
        let mut readers = events(resources, "DynamoDB");
        let reader = readers.next();
        if readers.next().is_some() {
            return Err("more than one function reads a stream, and only one can be fed".to_owned());
        }
        let mapping = reader.map(|(_, event)| Mapping::parse(event)).transpose()?;
        let tasks = events(resources, "Schedule").map(|(id, event)| match reader {
            Some((reader, _)) if reader == id => Task::parse(event),
            _ => Err(format!("{id} has a schedule, and only the function that reads a stream is called by one here")),
        });
        let tasks = tasks.collect::<Result<_, _>>()?;
        Ok(Self { tables: tables.collect(), mapping, tasks, resources: resources.clone() })
    }
}

/// The events of one type, with the logical ids of their functions.
fn events<'a>(resources: &'a Map<String, Value>, kind: &'static str) -> impl Iterator<Item = (&'a str, &'a Value)> {
    let events = resources.iter().flat_map(|(id, resource)| {
        let events = resource["Properties"]["Events"].as_object().into_iter().flat_map(Map::values);
        events.map(move |event| (id.as_str(), event))
    });
    events.filter(move |(_, event)| event["Type"] == kind).map(|(id, event)| (id, &event["Properties"]))
}

impl Task {
    fn parse(event: &Value) -> Result<Self, String> {
        let input = event["Input"].as_str().unwrap_or_default();
        let input: Value =
            serde_json::from_str(input).map_err(|error| format!("the Input of a schedule is not JSON: {error}"))?;
        let name = input["task"].as_str().ok_or_else(|| format!("the Input of a schedule names no task: {input}"))?;
        let rate = &event["Schedule"];
        let every = rate.as_str().and_then(every).ok_or_else(|| format!("not a rate in minutes: {rate}"))?;
        Ok(Self { name: name.to_owned(), every, input })
    }
}

/// `rate(1 minute)`, `rate(15 minutes)`.
fn every(rate: &str) -> Option<Duration> {
    let (number, unit) = rate.strip_prefix("rate(")?.strip_suffix(')')?.split_once(' ')?;
    let number = number.parse().ok().filter(|number| *number > 0)?;
    ["minute", "minutes"].contains(&unit).then(|| Duration::from_mins(number))
}

impl Mapping {
    fn parse(event: &Value) -> Result<Self, String> {
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
            table: table.to_owned(),
            batch_size: usize::try_from(batch_size).map_err(|error| error.to_string())?,
            partial_failures: reports.is_some_and(|types| types.iter().any(|name| name == "ReportBatchItemFailures")),
            filter: Filter::parse(&event["FilterCriteria"])?,
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn task(schedule: &str, input: &str) -> Result<Task, String> {
        Task::parse(&json!({"Schedule": schedule, "Input": input}))
    }

    #[test]
    fn a_schedule_is_a_task_at_a_rate() {
        let expected = |minutes| Task {
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
