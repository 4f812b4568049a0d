//! The stand-in for CloudWatch Logs, as far as somebody writes there who is no function: lines go to the end of a stream, and stay.

use std::collections::BTreeSet;
use std::sync::Mutex;

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::lock::lock;
use crate::refusal::Refusal;
use crate::state::StateFile;
use crate::{Error, Service};

/// The lines of all groups; in the file, one below the other.
pub(crate) struct Logs {
    file: StateFile,
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    /// Groups and names of the streams that were made since the start.
    streams: BTreeSet<(String, String)>,
    /// What was written since the start, each with its group.
    lines: Vec<(String, String)>,
}

impl Logs {
    /// What is written goes to the end of `file`.
    pub(crate) fn new(file: StateFile) -> Self {
        Self { file, kept: Mutex::default() }
    }

    /// The lines of a group.
    pub(crate) fn lines(&self, group: &str) -> Vec<String> {
        let kept = lock(&self.kept);
        kept.lines.iter().filter(|(of, _)| of == group).map(|(_, line)| line.clone()).collect()
    }

    /// Executes one operation.
    pub(crate) fn answer(&self, operation: &str, body: &[u8]) -> Response {
        let input: Value = serde_json::from_slice(body).unwrap_or_default();
        let name = |name: &str| input[name].as_str().unwrap_or_default().to_owned();
        let stream = (name("logGroupName"), name("logStreamName"));
        let done = match operation {
            "CreateLogStream" => self.create(stream),
            "PutLogEvents" => self.put(&stream, &input["logEvents"]),
            _ => Err(Refusal::new("UnknownOperationException", "Only two operations are known here.")),
        };
        match done {
            Ok(output) => Json(output).into_response(),
            Err(refusal) => refusal.answer(Service::Logs),
        }
    }

    fn create(&self, stream: (String, String)) -> Result<Value, Refusal> {
        if lock(&self.kept).streams.insert(stream) {
            return Ok(json!({}));
        }
        Err(Refusal::new("ResourceAlreadyExistsException", "The specified log stream already exists"))
    }

    fn put(&self, stream: &(String, String), events: &Value) -> Result<Value, Refusal> {
        let mut kept = lock(&self.kept);
        if !kept.streams.contains(stream) {
            return Err(Refusal::new("ResourceNotFoundException", "The specified log stream does not exist."));
        }
        for event in events.as_array().into_iter().flatten() {
            let (Some(message), true) = (event["message"].as_str(), event["timestamp"].is_u64()) else {
                return Err(Refusal::new("InvalidParameterException", "An event has a timestamp and a message."));
            };
            self.file.append(&format!("{message}\n")).map_err(|error| out_of_order(&error))?;
            kept.lines.push((stream.0.clone(), message.to_owned()));
        }
        Ok(json!({ "nextSequenceToken": "0" }))
    }
}

fn out_of_order(error: &Error) -> Refusal {
    tracing::error!(%error, "the local log could not be written");
    let (status, code) = (StatusCode::SERVICE_UNAVAILABLE, "ServiceUnavailableException");
    Refusal { status, code, message: "The service is out of order.".to_owned() }
}
