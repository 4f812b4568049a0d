//! Error answers in the form of each service.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::Service;

/// Why a call is refused, in the words of the service.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) status: StatusCode,
    /// Short name of the exception.
    pub(crate) code: &'static str,
    pub(crate) message: String,
}

impl Refusal {
    /// The client's mistake: status 400.
    pub(crate) fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { status: StatusCode::BAD_REQUEST, code, message: message.into() }
    }

    /// The answer as `service` would write it.
    pub(crate) fn answer(self, service: Service) -> Response {
        exception(service, self.status, self.code, json!({"message": self.message}))
    }
}

/// An exception of `service` with these members, a JSON object.
pub(crate) fn exception(service: Service, status: StatusCode, code: &'static str, mut members: Value) -> Response {
    let (namespace, content_type) = match service {
        Service::DynamoDb => ("com.amazonaws.dynamodb.v20120810#", "application/x-amz-json-1.0"),
        Service::Kms | Service::Logs => ("", "application/x-amz-json-1.1"),
        Service::Ses => ("", "application/json"),
    };
    members["__type"] = json!(format!("{namespace}{code}"));
    let mut answer = (status, Json(members)).into_response();
    answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    answer.headers_mut().insert("x-amzn-errortype", HeaderValue::from_static(code));
    answer
}
