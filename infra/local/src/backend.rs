//! The AWS behind the door: the embedded database, or another emulator.

use std::time::Duration;

use axum::body::Bytes;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, Request, Response, StatusCode, header};
use serde_json::Value;
use tokio::sync::Mutex;

use crate::Error;
use crate::database::Running;
use crate::http::Http;

/// Longer than any emulator needs, shorter than a person's patience.
const ANSWER_LIMIT: Duration = Duration::from_secs(30);

/// An API spoken in our own calls: its target header, its content type, the service in its signature.
#[derive(Clone, Copy)]
pub(crate) enum Api {
    DynamoDb,
    Streams,
    Kms,
}

impl Api {
    fn protocol(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::DynamoDb => ("DynamoDB_20120810", "application/x-amz-json-1.0", "dynamodb"),
            Self::Streams => ("DynamoDBStreams_20120810", "application/x-amz-json-1.0", "dynamodb"),
            Self::Kms => ("TrentService", "application/x-amz-json-1.1", "kms"),
        }
    }
}

/// A connection to what answers for real.
pub(crate) struct Backend {
    http: Http,
    base: String,
    region: String,
    /// Taken for each request to another emulator: when moto undoes a transaction, it undoes what others wrote meanwhile.
    turn: Option<Mutex<()>>,
    /// The embedded database stops when the last one who could ask it is gone.
    _database: Option<Running>,
}

impl Backend {
    /// The emulator at `base`; `database` is what to stop when it is no longer needed.
    pub(crate) fn new(base: &str, region: &str, database: Option<Running>) -> Self {
        let base = base.trim_end_matches('/').to_owned();
        let turn = database.is_none().then(Mutex::default);
        Self { http: Http::new(), base, region: region.to_owned(), turn, _database: database }
    }

    /// Where it is: for clients whose calls are not counted and do not fail on demand.
    pub(crate) fn url(&self) -> &str {
        &self.base
    }

    /// Passes a client's request on as it came.
    pub(crate) async fn forward(&self, parts: &Parts, body: Bytes) -> Result<Response<Bytes>, Error> {
        let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
        let mut headers = parts.headers.clone();
        // The next hop has a name, a length and a connection of its own.
        for name in [header::HOST, header::CONTENT_LENGTH, header::TRANSFER_ENCODING, header::CONNECTION] {
            headers.remove(name);
        }
        self.send(parts.method.clone(), path, headers, body).await
    }

    /// Calls an operation of a JSON protocol in our own name.
    pub(crate) async fn call(&self, api: Api, operation: &str, input: &Value) -> Result<Value, Error> {
        let (target, content_type, service) = api.protocol();
        let mut headers = self.headers(operation, service, content_type)?;
        headers.insert("x-amz-target", header_value(operation, &format!("{target}.{operation}"))?);
        let answer = self.send(Method::POST, "/", headers, Bytes::from(input.to_string())).await?;
        read(operation, &answer)
    }

    /// Sends a POST to SES in our own name.
    pub(crate) async fn post_to_ses(&self, path: &str, input: &Value) -> Result<Value, Error> {
        let headers = self.headers(path, "ses", "application/json")?;
        let answer = self.send(Method::POST, path, headers, Bytes::from(input.to_string())).await?;
        read(path, &answer)
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        headers: HeaderMap,
        body: Bytes,
    ) -> Result<Response<Bytes>, Error> {
        let _turn = match &self.turn {
            Some(turn) => Some(turn.lock().await),
            None => None,
        };
        let url = format!("{}{path}", self.base);
        let unusable = |error: axum::http::Error| Error::Unreachable { url: url.clone(), reason: error.to_string() };
        let mut request = Request::builder().method(method).uri(&url).body(body).map_err(unusable)?;
        *request.headers_mut() = headers;
        self.http.send(request, ANSWER_LIMIT).await
    }

    /// Emulators want to see a signature, because it names service and region, but do not check it.
    fn headers(&self, operation: &str, service: &str, content_type: &str) -> Result<HeaderMap, Error> {
        let scope = format!("local/20260101/{}/{service}/aws4_request", self.region);
        let signature = format!("AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host;x-amz-date, Signature=none");
        let mut headers = HeaderMap::new();
        headers.insert(header::AUTHORIZATION, header_value(operation, &signature)?);
        headers.insert(header::CONTENT_TYPE, header_value(operation, content_type)?);
        headers.insert("x-amz-date", header_value(operation, "20260101T000000Z")?);
        Ok(headers)
    }
}

fn header_value(operation: &str, value: &str) -> Result<axum::http::HeaderValue, Error> {
    value.parse().map_err(|_| Error::Answer { operation: operation.to_owned(), reason: format!("header {value:?}") })
}

/// The output of an operation, or its exception.
fn read(operation: &str, answer: &Response<Bytes>) -> Result<Value, Error> {
    let operation = operation.to_owned();
    if answer.status() == StatusCode::OK {
        return serde_json::from_slice(answer.body())
            .map_err(|error| Error::Answer { operation, reason: error.to_string() });
    }
    let body: Value = serde_json::from_slice(answer.body()).unwrap_or_default();
    let kind = answer.headers().get("x-amzn-errortype").and_then(|kind| kind.to_str().ok());
    let code = body["__type"].as_str().or(kind).unwrap_or("no exception");
    let code = code.rsplit('#').next().unwrap_or(code).to_owned();
    let message = body["message"].as_str().or(body["Message"].as_str()).unwrap_or(answer.status().as_str()).to_owned();
    Err(Error::Refused { operation, code, message })
}
