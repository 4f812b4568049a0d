//! Where the functions are, and how they are invoked.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::Bytes;
use axum::http::{Request, header};
use serde_json::Value;

use crate::http::Http;
use crate::lock::lock;
use crate::options::Function;

/// A function that crashed under cargo-lambda leaves its invocation unanswered for ever.
const INVOCATION_LIMIT: Duration = Duration::from_mins(1);

/// A function that can be invoked.
pub(crate) enum Target {
    Url { http: Box<Http>, url: String },
    InProcess(Arc<Function>),
}

/// The functions that can be invoked, by the names of their binaries.
#[derive(Default)]
pub(crate) struct Targets(Mutex<BTreeMap<String, Arc<Target>>>);

impl Targets {
    /// From now on a function is there, or nowhere.
    pub(crate) fn set(&self, name: &str, target: Option<Arc<Target>>) {
        match target {
            Some(target) => lock(&self.0).insert(name.to_owned(), target),
            None => lock(&self.0).remove(name),
        };
    }

    /// What a function answers to `event`, or why it failed.
    pub(super) async fn invoke(&self, name: &str, event: Value) -> Result<Value, String> {
        let target = lock(&self.0).get(name).cloned();
        target.ok_or_else(|| "there is no function".to_owned())?.invoke(event).await
    }
}

impl Target {
    /// The function `name` as cargo-lambda serves it at `base`.
    pub(crate) fn at(base: &str, name: &str) -> Self {
        let url = format!("{}/2015-03-31/functions/{name}/invocations", base.trim_end_matches('/'));
        Self::Url { http: Box::new(Http::new()), url }
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
