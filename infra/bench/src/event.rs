//! Requests as API Gateway (HTTP API, payload 2.0) hands them to a function.

use serde_json::{Map, Value, json};

/// The event of a request: `path` with its query, header names in lower case, the body as text.
#[must_use]
pub fn http(method: &str, path: &str, headers: &[(&str, &str)], body: Option<&str>) -> Value {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let usual = [
        ("accept", "*/*"),
        ("host", "api.example.com"),
        ("user-agent", "bench"),
        ("x-amzn-trace-id", "Root=1-67a1b2c3-0123456789abcdef01234567"),
        ("x-forwarded-for", "203.0.113.9"),
        ("x-forwarded-port", "443"),
        ("x-forwarded-proto", "https"),
    ];
    let headers: Map<_, _> =
        usual.iter().chain(headers).map(|(name, value)| ((*name).to_owned(), Value::from(*value))).collect();
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
                "method": method,
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": "203.0.113.9",
                "userAgent": "bench",
            },
            "requestId": "JKJaXmPLvHcESHA=",
            "routeKey": "$default",
            "stage": "$default",
            "time": "22/Nov/2026:10:00:00 +0000",
            "timeEpoch": 1_795_341_600_000_i64,
        },
        "body": body,
        "isBase64Encoded": false,
    })
}

/// A request with a JSON body, and an access token where there is one.
#[must_use]
pub fn json(method: &str, path: &str, token: Option<&str>, body: Option<&Value>) -> Value {
    let bearer = token.map(|token| format!("Bearer {token}"));
    let mut headers = vec![("content-type", "application/json")];
    headers.extend(bearer.as_deref().map(|bearer| ("authorization", bearer)));
    http(method, path, &headers, body.map(Value::to_string).as_deref())
}
