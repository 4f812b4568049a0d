//! Invokes the function.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::http::{Request, header};
use serde_json::Value;

use crate::http::Http;
use crate::options::{Function, MailFunction};

/// A function that crashed under cargo-lambda leaves its invocation unanswered for ever.
const INVOCATION_LIMIT: Duration = Duration::from_mins(1);

/// The function that is fed.
pub(crate) enum Target {
    Url { http: Box<Http>, url: String },
    InProcess(Arc<Function>),
}

impl Target {
    /// None if nobody is to be fed.
    pub(crate) fn new(function: MailFunction) -> Option<Self> {
        match function {
            MailFunction::Url(url) => Some(Self::Url { http: Box::new(Http::new()), url }),
            MailFunction::InProcess(function) => Some(Self::InProcess(function)),
            MailFunction::None => None,
        }
    }

    /// What the function answers to `event`, or why it failed.
    pub(super) async fn invoke(&self, event: Value) -> Result<Value, String> {
        match self {
            Self::Url { http, url } => post(http, url, &event).await,
            Self::InProcess(function) => function(event).await,
        }
    }
}

async fn post(http: &Http, url: &str, event: &Value) -> Result<Value, String> {
    let request = Request::post(url)
        .header(header::CONTENT_TYPE, "application/json")
        .body(Bytes::from(event.to_string()))
        .map_err(|error| error.to_string())?;
    let answer = http.send(request, INVOCATION_LIMIT).await.map_err(|error| error.to_string())?;
    // Lambda reports an error of the function with status 200 and a header, cargo-lambda with another status.
    if !answer.status().is_success() || answer.headers().contains_key("x-amz-function-error") {
        return Err(format!("the function failed: {} {}", answer.status(), String::from_utf8_lossy(answer.body())));
    }
    if answer.body().is_empty() {
        return Ok(Value::Null);
    }
    serde_json::from_slice(answer.body()).map_err(|error| format!("the function's answer is not JSON: {error}"))
}
