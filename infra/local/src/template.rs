//! What the deployment template says about tables, and about the function behind a stream.

use std::fs;
use std::path::Path;

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
        let mut mappings = resources
            .values()
            .filter_map(|resource| resource["Properties"]["Events"].as_object())
            .flat_map(|events| events.values())
            .filter(|event| event["Type"] == "DynamoDB")
            .map(|event| Mapping::parse(&event["Properties"]));
        let mapping = mappings.next().transpose()?;
        if mappings.next().is_some() {
            return Err("more than one function reads a stream, and only one can be fed".to_owned());
        }
        Ok(Self { tables: tables.collect(), mapping, resources: resources.clone() })
    }
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
