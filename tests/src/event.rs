//! Requests as API Gateway (HTTP API, payload 2.0) hands them to a function, and what it makes of the answer.

use axum::Router;
use lambda_http::{Context, LambdaEvent};
use serde_json::{Value, json};
use shared::invocation::Function;

use crate::document;

/// The address that all people come from, but for those who are said to come from another.
pub const CLIENT: &str = "203.0.113.9";

/// A request on its way to a function.
#[derive(Clone, Default)]
pub struct Request {
    /// GET, POST, …
    pub method: &'static str,
    /// Path, and query if there is one.
    pub path: String,
    /// Lower-case names.
    pub headers: Vec<(String, String)>,
    /// As text, or as base64 of what is none.
    pub body: Option<String>,
    /// Whether the body is base64.
    pub is_base64: bool,
}

/// An answer as API Gateway sends it.
#[derive(Debug)]
pub struct Reply {
    /// What was asked: method, path and body.
    pub asked: String,
    /// HTTP status.
    pub status: u64,
    /// Lower-case names.
    pub headers: Value,
    /// Parsed where it is JSON, a string otherwise.
    pub body: Value,
    /// The body as it came.
    pub text: String,
}

#[expect(clippy::must_use_candidate, reason = "whether it is the answer expected may be all that a test wants to know")]
impl Reply {
    /// The body of a success.
    ///
    /// # Panics
    /// When it is none, with the request and the whole answer.
    #[track_caller]
    pub fn assert_ok(&self) -> &Value {
        self.assert_status(200)
    }

    /// The body of an answer with this status.
    ///
    /// # Panics
    /// When it has another one, with the request and the whole answer.
    #[track_caller]
    pub fn assert_status(&self, status: u64) -> &Value {
        let Self { asked, status: given, text, .. } = self;
        assert_eq!(*given, status, "{asked} was answered with {given} {text}");
        &self.body
    }

    /// The answer of a function that has failed, which says nothing of how.
    ///
    /// # Panics
    /// When it is another one.
    #[track_caller]
    pub fn assert_internal_error(&self) {
        assert_eq!(*self.assert_status(500), json!({ "detail": "Internal Server Error" }));
    }

    /// The answer of a function that misses what it depends on, and says when to come again.
    ///
    /// # Panics
    /// When it is another one.
    #[track_caller]
    pub fn assert_unavailable(&self) {
        assert_eq!(*self.assert_status(503), json!({ "detail": "Service temporarily unavailable" }));
        let seconds = self.header("retry-after").and_then(|after| after.parse::<u32>().ok());
        assert!(seconds.is_some_and(|seconds| seconds > 0), "{self:?}");
    }

    /// The value of a header, or nothing.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers[name].as_str()
    }

    /// All that came back, headers and body, and nothing of the request: for whoever looks for what must not be in there.
    #[must_use]
    pub fn told(&self) -> String {
        format!("{} {} {}", self.status, self.headers, self.text)
    }

    /// Names of the body's members, sorted.
    #[must_use]
    pub fn keys(&self) -> Vec<&str> {
        let mut keys: Vec<_> = self.body.as_object().into_iter().flatten().map(|(name, _)| name.as_str()).collect();
        keys.sort_unstable();
        keys
    }
}

/// Holds that each of many answers has this status.
///
/// # Panics
/// When one has another, with its request and the whole answer.
#[track_caller]
pub fn assert_all(replies: &[Reply], status: u64) {
    for reply in replies {
        reply.assert_status(status);
    }
}

/// Sends a request through a function as the Lambda runtime would. The answer is as the OpenAPI document says.
///
/// # Panics
/// When it is not.
pub async fn invoke(router: &Router, request: Request) -> Reply {
    invoke_documented(router, event(request)).await
}

/// Sends a request to handlers of a test's own, which no document describes.
pub async fn invoke_undocumented(router: &Router, request: Request) -> Reply {
    invoke_event(router, event(request)).await
}

/// Sends a whole event, which names a method and a path, through a function. The answer is as the OpenAPI document says.
///
/// # Panics
/// When it does not, or the answer is not as documented.
pub async fn invoke_documented(router: &Router, event: Value) -> Reply {
    let (method, path) = asked(&event);
    let reply = invoke_event(router, event).await;
    assert_eq!(document::difference(&method, &path, &reply), None);
    reply
}

/// Method and path of a REST API's event, or of an HTTP API's, whose path begins with the stage.
pub fn asked(event: &Value) -> (String, String) {
    let text = |pointer: &str| event.pointer(pointer).and_then(Value::as_str);
    let (method, path) = match text("/httpMethod") {
        Some(method) => (method, text("/path").expect("a path")),
        None => (text("/requestContext/http/method").expect("a method"), text("/rawPath").expect("a path")),
    };
    let stage = text("/requestContext/stage").map(|stage| format!("/{stage}/")).unwrap_or_default();
    let own = path.strip_prefix(&stage).filter(|_| !stage.is_empty()).map(|own| format!("/{own}"));
    (method.to_owned(), own.unwrap_or_else(|| path.to_owned()))
}

/// Any event, be it none of a gateway: the answer, whatever it is.
pub async fn invoke_event(router: &Router, event: Value) -> Reply {
    let asked = said(&event);
    let answer = answer_to(router, event).await;
    let body = answer["body"].as_str().unwrap_or_default();
    Reply {
        asked,
        status: answer["statusCode"].as_u64().expect("a status"),
        headers: headers(&answer),
        body: serde_json::from_str(body).unwrap_or_else(|_| Value::from(body)),
        text: body.to_owned(),
    }
}

/// What an event asks for, whichever gateway it is of.
fn said(event: &Value) -> String {
    let texts = ["/httpMethod", "/path", "/requestContext/http/method", "/rawPath", "/rawQueryString", "/body"];
    texts.into_iter().filter_map(|text| event.pointer(text)?.as_str()).collect::<Vec<_>>().join(" ")
}

/// What the gateway is handed for an event.
pub async fn answer_to(router: &Router, event: Value) -> Value {
    let event = serde_json::value::to_raw_value(&event).expect("JSON");
    let mut context = Context::default();
    "8476a536-e9f4-11e8-9739-2dfe598c3fcd".clone_into(&mut context.request_id);
    "arn:aws:lambda:us-east-1:123456789012:function:stack-auth:live".clone_into(&mut context.invoked_function_arn);
    let trace = "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e709;Parent=9a9197af755a6419;Sampled=1";
    context.xray_trace_id = Some(trace.to_owned());
    // Boxed, because tests hold several of these at once.
    let function = Function::over(()).http(router.clone());
    let answer = Box::pin(function.handle(LambdaEvent::new(event, context))).await;
    serde_json::to_value(answer.expect("an answer")).expect("JSON")
}

/// A REST API takes every header as a list.
fn headers(answer: &Value) -> Value {
    let lists = answer["multiValueHeaders"].as_object().into_iter().flatten();
    let lists = lists.map(|(name, values)| (name.clone(), values[0].clone()));
    let single = answer["headers"].as_object().into_iter().flatten().map(|(name, value)| (name.clone(), value.clone()));
    Value::Object(lists.chain(single).collect())
}

fn event(request: Request) -> Value {
    event_from(CLIENT, request)
}

/// The event of a request from a client's address.
pub fn event_from(client: &str, request: Request) -> Value {
    let (path, query) = request.path.split_once('?').unwrap_or((&request.path, ""));
    let headers: serde_json::Map<_, _> =
        request.headers.into_iter().map(|(name, value)| (name, Value::String(value))).collect();
    json!({
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": query,
        "headers": headers,
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "api",
            "domainName": "api.example.com",
            "domainPrefix": "api",
            "http": {
                "method": request.method,
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": client,
                "userAgent": "tests",
            },
            "requestId": "JKJaXmPLvHcESHA=",
            "routeKey": "$default",
            "stage": "$default",
            "time": "22/Nov/2026:10:00:00 +0000",
            "timeEpoch": 1_795_341_600_000_i64,
        },
        "body": request.body,
        "isBase64Encoded": request.is_base64,
    })
}
