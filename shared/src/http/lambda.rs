//! Where an event of API Gateway becomes a request, and the answer an event again.

use std::convert::Infallible;

use axum::{
    Router,
    body::Body,
    http::{HeaderMap, HeaderValue, Request, Uri, header},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use lambda_http::{
    Adapter, Error, LambdaEvent, RequestExt, Service,
    lambda_runtime::{self, service_fn},
    request::{LambdaRequest, RequestContext},
};
use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};
use serde::Serialize;
use tracing::Instrument;

use crate::log;

/// What may not stand in a query as it is.
const NOT_IN_QUERY: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'<')
    .add(b'>')
    .add(b'\\')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');
/// What may not stand in a path as it is.
const NOT_IN_PATH: &AsciiSet = &NOT_IN_QUERY.add(b'?').add(b'%');

/// A path that no route has.
const NOWHERE: &str = "/%00";

/// What stands before our own paths in a client's: the stage, unless it is the default one. With a leading slash, or empty.
#[derive(Clone)]
pub(crate) struct Prefix(pub(crate) String);

/// Serves a router as a Lambda function, until the environment ends.
///
/// # Errors
/// The runtime's own.
pub async fn run(router: Router) -> Result<(), Error> {
    lambda_runtime::run(service_fn(move |event| handle(router.clone(), event))).await
}

/// Serves one event.
///
/// # Errors
/// None.
pub async fn handle(router: Router, mut event: LambdaEvent<LambdaRequest>) -> Result<impl Serialize, Infallible> {
    make_presentable(&mut event.payload);
    let invocation = log::invocation(&event.context, request_id(&event.payload));
    let service = service_fn(move |request: lambda_http::Request| router.clone().call(routable(request)));
    Adapter::from(service).call(event).instrument(invocation).await
}

/// The gateway's own id of a request.
fn request_id(event: &LambdaRequest) -> Option<&str> {
    match event {
        LambdaRequest::ApiGatewayV2(event) => event.request_context.request_id.as_deref(),
        LambdaRequest::ApiGatewayV1(event) => event.request_context.request_id.as_deref(),
        _ => None,
    }
}

/// The adapter panics where an event does not make a well-formed request. Clients write parts of events, so those are mended
/// here. Gateways differ in whether they decode a path; from here on it is encoded in one way.
fn make_presentable(event: &mut LambdaRequest) {
    match event {
        LambdaRequest::ApiGatewayV2(event) => {
            event.raw_path = event.raw_path.as_deref().map(encoded_path);
            let query = event.raw_query_string.as_deref();
            event.raw_query_string = query.map(|query| utf8_percent_encode(query, NOT_IN_QUERY).to_string());
            drop_unusable(&mut event.headers);
            drop_undecodable(&mut event.body, event.is_base64_encoded);
        }
        LambdaRequest::ApiGatewayV1(event) => {
            event.path = event.path.as_deref().map(encoded_path);
            drop_unusable(&mut event.headers);
            drop_unusable(&mut event.multi_value_headers);
            drop_undecodable(&mut event.body, event.is_base64_encoded);
        }
        _ => {}
    }
}

fn encoded_path(path: &str) -> String {
    utf8_percent_encode(&percent_decode_str(path).decode_utf8_lossy(), NOT_IN_PATH).to_string()
}

/// `Host` and `X-Forwarded-Proto` become part of the request's URL.
fn drop_unusable(headers: &mut HeaderMap) {
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    let host_is_fit = text(header::HOST.as_str()).is_some_and(is_host);
    let scheme_is_fit = text("x-forwarded-proto").is_some_and(|scheme| ["http", "https"].contains(&scheme));
    if !host_is_fit {
        headers.remove(header::HOST);
    }
    if !scheme_is_fit {
        headers.remove("x-forwarded-proto");
    }
}

/// A name or address, with or without a port, and nothing else.
fn is_host(host: &str) -> bool {
    let is_part_of_one = |byte: u8| byte.is_ascii_alphanumeric() || b".-_:[]".contains(&byte);
    host.bytes().all(is_part_of_one) && url::Url::parse(&format!("https://{host}/")).is_ok()
}

fn drop_undecodable(body: &mut Option<String>, is_base64: bool) {
    if is_base64 && body.as_ref().is_some_and(|body| BASE64_STANDARD.decode(body).is_err()) {
        *body = None;
    }
}

/// The request as the router knows it: the path as the client sent it (the adapter would resolve its dots) without the stage.
fn routable(request: lambda_http::Request) -> Request<Body> {
    let (prefix, path) = split(request.request_context_ref(), request.raw_http_path());
    let query = request.uri().query().map(|query| format!("?{query}")).unwrap_or_default();
    // The router would take an empty segment for an empty parameter. It matches nothing here, so it is sent where nothing is.
    let path = if path.trim_end_matches('/').contains("//") { NOWHERE } else { &path };
    let uri = Uri::try_from(format!("{path}{query}"));
    let (mut parts, body) = request.into_parts();
    // What is no URI after all that is no route either.
    parts.uri = uri.unwrap_or_else(|_| Uri::from_static(NOWHERE));
    parts.extensions.insert(Prefix(prefix));
    Request::from_parts(parts, Body::new(body))
}

/// The stage and our own path. An HTTP API's path begins with the stage, a REST API's does not, but its context has both.
fn split(context: Option<&RequestContext>, path: &str) -> (String, String) {
    let (stage, own) = match context {
        Some(RequestContext::ApiGatewayV2(context)) => {
            let stage = context.stage.as_deref().filter(|stage| *stage != "$default");
            let stage = stage.map(|stage| format!("/{stage}")).unwrap_or_default();
            let own = path.strip_prefix(&stage).filter(|own| own.is_empty() || own.starts_with('/'));
            own.map_or_else(|| (String::new(), path), |own| (stage.clone(), own))
        }
        Some(RequestContext::ApiGatewayV1(context)) => {
            let whole = context.path.as_deref().map(encoded_path).unwrap_or_default();
            (whole.strip_suffix(path).unwrap_or_default().to_owned(), path)
        }
        _ => (String::new(), path),
    };
    (stage, if own.starts_with('/') { own.to_owned() } else { format!("/{own}") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_decoded_once_and_encoded_in_one_way() {
        assert_eq!(encoded_path("/auth/%6Cogin"), "/auth/login");
        assert_eq!(encoded_path("/a%2Fb/../%zz?%00"), "/a/b/../%25zz%3F%00");
        assert_eq!(encoded_path("/caf\u{e9}"), encoded_path("/caf%C3%A9"));
    }

    #[test]
    fn a_host_is_a_host_and_nothing_else() {
        for host in ["api.example.com", "127.0.0.1:9000", "[::1]:9000"] {
            assert!(is_host(host), "{host}");
        }
        for host in ["", "a b", "a/b", "a?b", "user@a", "user:password@a", "@a", "[::1", "a#b", "a\\b"] {
            assert!(!is_host(host), "{host}");
        }
    }
}
