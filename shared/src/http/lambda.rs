//! Where an event of API Gateway becomes a request, and the answer an event again. Clients write parts of events, and the adapter
//! panics where an event does not make a well-formed request: it is given nothing to make an address of, and what still goes wrong
//! is answered here.

use std::{
    convert::Infallible,
    panic::{AssertUnwindSafe, catch_unwind},
};

use axum::{
    Router,
    body::Body,
    http::{HeaderMap, HeaderValue, Request, Uri, header},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use futures::FutureExt;
use lambda_http::{
    Adapter, Context, LambdaEvent, Service,
    aws_lambda_events::{
        apigw::{ApiGatewayProxyRequest, ApiGatewayV2httpRequest},
        query_map::QueryMap,
    },
    request::LambdaRequest,
    service_fn,
};
use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};
use serde::Serialize;
use serde_json::value::RawValue;
use tracing::Instrument;

use crate::{error, log};

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
/// The longest path and query, encoded. Bytes; [`Uri`] takes no more.
const MAX_URI: usize = u16::MAX as usize - 1;
/// The longest host. Bytes; DNS has no longer names, and a port is short.
const MAX_HOST: usize = 255;

/// The most headers of an event. The adapter puts all of them into one [`HeaderMap`], which has room for three times as many; no gateway
/// passes on more than 10 KB of them.
const MAX_HEADERS: usize = 8192;

/// What stands before our own paths in a client's: the stage, unless it is the default one. With a leading slash, or empty.
#[derive(Clone)]
pub(crate) struct Prefix(pub(crate) String);

/// Why an event is no request that a route could have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unroutable {
    /// No event of a gateway, or none with so many headers.
    Unreadable,
    /// The path and query are longer than [`MAX_URI`].
    UriTooLong,
    /// Whatever made a request of it has panicked.
    Panicked,
}

impl From<Unroutable> for error::Error {
    fn from(reason: Unroutable) -> Self {
        match reason {
            Unroutable::Unreadable => Self::UnreadableEvent,
            Unroutable::UriTooLong => Self::UriTooLong,
            Unroutable::Panicked => Self::internal("an event made something outside the routes panic"),
        }
    }
}

/// What an event asks for: where, and what stands before our own path.
#[derive(Clone)]
struct Destination {
    prefix: String,
    uri: Result<Uri, Unroutable>,
}

/// The request in an event of a gateway. `None` where there is none, or one with more headers than fit into a map of them.
pub(crate) fn read(event: &RawValue) -> Option<LambdaRequest> {
    catch_unwind(|| serde_json::from_str(event.get())).ok()?.ok()
}

/// The router's answer to a request, whatever it says. The router answers what is no request, too, so that it looks like every other
/// answer.
pub(crate) async fn answer(router: Router, request: Option<LambdaRequest>, context: Context) -> impl Serialize + use<> {
    let (request, destination) = match request {
        Some(mut request) => {
            let destination = take_destination(&mut request);
            (request, destination)
        }
        None => (blank(false), Destination::none(Unroutable::Unreadable)),
    };
    let invocation = log::invocation(&context, request_id(&request));
    let is_rest = matches!(request, LambdaRequest::ApiGatewayV1(_));
    let answer = async move {
        // Boxed, because an event is large.
        let served = Box::pin(serve(router.clone(), request, context.clone(), destination));
        let Ok(answer) = match AssertUnwindSafe(served).catch_unwind().await {
            Ok(answer) => answer,
            Err(_) => Box::pin(serve(router, blank(is_rest), context, Destination::none(Unroutable::Panicked))).await,
        };
        answer
    };
    answer.instrument(invocation).await
}

/// The answer of a router to an event that has no address any more: `destination` is that.
async fn serve(
    router: Router,
    event: LambdaRequest,
    context: Context,
    destination: Destination,
) -> Result<impl Serialize, Infallible> {
    let service =
        service_fn(move |request: lambda_http::Request| router.clone().call(routable(request, destination.clone())));
    Adapter::from(service).call(LambdaEvent::new(event, context)).await
}

/// An event that says nothing, of a REST API or of an HTTP API: they want answers of different shapes.
fn blank(is_rest: bool) -> LambdaRequest {
    if is_rest {
        LambdaRequest::ApiGatewayV1(ApiGatewayProxyRequest::default())
    } else {
        LambdaRequest::ApiGatewayV2(ApiGatewayV2httpRequest::default())
    }
}

/// The gateway's own id of a request.
fn request_id(event: &LambdaRequest) -> Option<&str> {
    match event {
        LambdaRequest::ApiGatewayV2(event) => event.request_context.request_id.as_deref(),
        LambdaRequest::ApiGatewayV1(event) => event.request_context.request_id.as_deref(),
        _ => None,
    }
}

/// Takes out of an event all that the adapter would make an address of, and mends what else it would stumble over. Gateways differ
/// in whether they decode a path; from here on it is encoded in one way. An HTTP API's path begins with the stage, a REST API's does
/// not, but its context has both.
fn take_destination(event: &mut LambdaRequest) -> Destination {
    let has_too_many = drop_too_many(event);
    let destination = usable_destination(event);
    if has_too_many { Destination::none(Unroutable::Unreadable) } else { destination }
}

fn usable_destination(event: &mut LambdaRequest) -> Destination {
    match event {
        LambdaRequest::ApiGatewayV2(event) => {
            drop_unusable(&mut event.headers);
            drop_undecodable(&mut event.body, event.is_base64_encoded);
            event.request_context.domain_name = None;
            let path = encoded_path(&event.raw_path.take().unwrap_or_default());
            let query = event.raw_query_string.take().unwrap_or_default();
            let query = utf8_percent_encode(&query, NOT_IN_QUERY).to_string();
            let stage = event.request_context.stage.take().filter(|stage| stage != "$default");
            let stage = stage.map(|stage| format!("/{stage}")).unwrap_or_default();
            match path.strip_prefix(&stage).filter(|own| own.is_empty() || own.starts_with('/')) {
                Some(own) => Destination::new(stage, own, &query),
                None => Destination::new(String::new(), &path, &query),
            }
        }
        LambdaRequest::ApiGatewayV1(event) => {
            drop_unusable(&mut event.headers);
            drop_unusable(&mut event.multi_value_headers);
            drop_undecodable(&mut event.body, event.is_base64_encoded);
            event.request_context.domain_name = None;
            event.request_context.stage = None;
            let path = encoded_path(&event.path.take().unwrap_or_default());
            let whole = event.request_context.path.as_deref().map(encoded_path).unwrap_or_default();
            let prefix = whole.strip_suffix(&path).unwrap_or_default().to_owned();
            let several = std::mem::take(&mut event.multi_value_query_string_parameters);
            let single = std::mem::take(&mut event.query_string_parameters);
            match query_string(if several.is_empty() { &single } else { &several }) {
                Some(query) => Destination::new(prefix, &path, &query),
                None => Destination::none(Unroutable::Unreadable),
            }
        }
        _ => Destination::none(Unroutable::Unreadable),
    }
}

/// Whether there are more headers than anybody sends. They are gone then.
fn drop_too_many(event: &mut LambdaRequest) -> bool {
    let (headers, more) = match event {
        LambdaRequest::ApiGatewayV2(event) => (&mut event.headers, &mut HeaderMap::new()),
        LambdaRequest::ApiGatewayV1(event) => (&mut event.headers, &mut event.multi_value_headers),
        _ => return false,
    };
    let are_too_many = headers.len() + more.len() > MAX_HEADERS;
    if are_too_many {
        headers.clear();
        more.clear();
    }
    are_too_many
}

/// Parameters as a query. `None` when one of them is an empty list, which makes the library panic.
fn query_string(parameters: &QueryMap) -> Option<String> {
    catch_unwind(AssertUnwindSafe(|| parameters.to_query_string())).ok()
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
    host.len() <= MAX_HOST && host.bytes().all(is_part_of_one) && url::Url::parse(&format!("https://{host}/")).is_ok()
}

fn drop_undecodable(body: &mut Option<String>, is_base64: bool) {
    if is_base64 && body.as_ref().is_some_and(|body| BASE64_STANDARD.decode(body).is_err()) {
        *body = None;
    }
}

impl Destination {
    /// The path as the client sent it, dots and all, without the stage.
    fn new(prefix: String, path: &str, query: &str) -> Self {
        let path = if path.starts_with('/') { path.to_owned() } else { format!("/{path}") };
        // The router would take an empty segment for an empty parameter. It matches nothing here, so it is sent where nothing is.
        let path = if path.trim_end_matches('/').contains("//") { NOWHERE } else { &path };
        let uri = if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") };
        if uri.len() > MAX_URI {
            return Self::none(Unroutable::UriTooLong);
        }
        // What is no URI after all that is no route either.
        Self { prefix, uri: Ok(Uri::try_from(uri).unwrap_or_else(|_| Uri::from_static(NOWHERE))) }
    }

    const fn none(reason: Unroutable) -> Self {
        Self { prefix: String::new(), uri: Err(reason) }
    }
}

/// The request as the router knows it.
fn routable(request: lambda_http::Request, destination: Destination) -> Request<Body> {
    let (mut parts, body) = request.into_parts();
    parts.extensions.insert(Prefix(destination.prefix));
    parts.uri = destination.uri.unwrap_or_else(|reason| {
        parts.extensions.insert(reason);
        Uri::from_static(NOWHERE)
    });
    Request::from_parts(parts, Body::new(body))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_path_is_decoded_once_and_encoded_in_one_way() {
        assert_eq!(encoded_path("/auth/%6Cogin"), "/auth/login");
        assert_eq!(encoded_path("/a%2Fb/../%zz?%00"), "/a/b/../%25zz%3F%00");
        assert_eq!(encoded_path("/caf\u{e9}"), encoded_path("/caf%C3%A9"));
    }

    proptest! {
        #[test]
        fn a_host_makes_an_address(host in "[A-Za-z0-9.:_\\[\\]-]{0,16}|([0-9]{1,3}\\.){3}[0-9]{1,3}(:[0-9]{1,6})?|[a-z0-9.-]{250,256}") {
            if is_host(&host) {
                // As the adapter does it.
                let url = url::Url::parse(&format!("http://{host}/"));
                prop_assert!(url.is_ok_and(|url| Uri::try_from(url.as_str()).is_ok()), "{}", host);
            }
        }
    }

    #[test]
    fn a_host_is_a_host_and_nothing_else() {
        for host in ["api.example.com", "127.0.0.1:9000", "[::1]:9000"] {
            assert!(is_host(host), "{host}");
        }
        for host in
            ["", "a b", "a/b", "a?b", "user@a", "user:password@a", "@a", "[::1", "a#b", "a\\b", &"a.".repeat(128)]
        {
            assert!(!is_host(host), "{host}");
        }
    }
}
