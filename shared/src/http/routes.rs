//! Routing: method and path to handler, and the answers for everything else, the same in every function.

use std::{any::Any, sync::Arc, time::Duration};

use axum::{
    Router,
    extract::Request,
    handler::Handler,
    http::{HeaderValue, Method, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{MethodFilter, MethodRouter},
};
use tower_http::catch_panic::CatchPanicLayer;

use super::{
    blind::is_blind,
    lambda::{Prefix, Unroutable},
    operation::Operation,
};
use crate::{
    config::Stage,
    edge::Edge,
    error::{self, Error},
    log,
};

/// How long a request may take. Shorter than the functions' own time limit.
pub const DEADLINE: Duration = Duration::from_secs(8);

/// The routes of a function while they are listed, each with what the OpenAPI document says of it. Only where that is asked
/// for (`DESCRIBED`) is it kept: a function that serves would carry 200 KB of descriptions that it never gives.
pub struct Routes<S, const DESCRIBED: bool> {
    paths: Vec<Path<S>>,
    listed: Vec<Route>,
    redirects: bool,
}

/// A route as the document names it.
#[derive(Clone, Copy)]
pub struct Route {
    /// GET, POST, …
    pub method: &'static str,
    /// The pattern.
    pub path: &'static str,
    /// What to say of it.
    pub operation: fn() -> Operation,
}

struct Path<S> {
    path: &'static str,
    handlers: MethodRouter<S>,
}

impl<S: Clone + Send + Sync + 'static, const DESCRIBED: bool> Routes<S, DESCRIBED> {
    /// No routes yet.
    #[must_use]
    #[expect(clippy::new_without_default, reason = "a list that is about to be filled")]
    pub const fn new() -> Self {
        Self { paths: Vec::new(), listed: Vec::new(), redirects: true }
    }

    /// A path with a slash at its end too many or too few is 404 instead of 307: what a client sends to these routes it must not send twice.
    #[must_use]
    pub const fn without_redirects(mut self) -> Self {
        self.redirects = false;
        self
    }

    /// `GET path`. Not HEAD: that is 405 here.
    #[must_use]
    pub fn get<H: Handler<T, S>, T: 'static>(
        self,
        path: &'static str,
        handler: H,
        operation: fn() -> Operation,
    ) -> Self {
        self.on("GET", MethodFilter::GET, path, handler).described("GET", path, operation)
    }

    /// `POST path`.
    #[must_use]
    pub fn post<H: Handler<T, S>, T: 'static>(
        self,
        path: &'static str,
        handler: H,
        operation: fn() -> Operation,
    ) -> Self {
        self.on("POST", MethodFilter::POST, path, handler).described("POST", path, operation)
    }

    /// `PATCH path`.
    #[must_use]
    pub fn patch<H: Handler<T, S>, T: 'static>(
        self,
        path: &'static str,
        handler: H,
        operation: fn() -> Operation,
    ) -> Self {
        self.on("PATCH", MethodFilter::PATCH, path, handler).described("PATCH", path, operation)
    }

    /// `DELETE path`.
    #[must_use]
    pub fn delete<H: Handler<T, S>, T: 'static>(
        self,
        path: &'static str,
        handler: H,
        operation: fn() -> Operation,
    ) -> Self {
        self.on("DELETE", MethodFilter::DELETE, path, handler).described("DELETE", path, operation)
    }

    /// The router: these routes, 204 for preflights, 404, 405 and 307 for the rest, a 500 for a panic, a 503 after `deadline`, a log
    /// line for each request. Where it is reached over TLS, which the stage tells, every answer says that it is never reached otherwise.
    /// Whoever should have come through the edge and did not gets a 403, wherever that would have led, and so does a browser that a page of
    /// another site makes post something whose answer it cannot see.
    pub fn serve(self, state: S, deadline: Duration, on: Stage, edge: Edge) -> Router {
        let edge = Arc::new(edge);
        let paths: Arc<[&'static str]> = self.paths.iter().filter(|_| self.redirects).map(|entry| entry.path).collect();
        let router =
            self.paths.into_iter().fold(Router::new(), |router, entry| router.route(entry.path, entry.handlers));
        router
            .fallback(move |request: Request| async move { unrouted(&paths, &request) })
            .layer(middleware::from_fn(preflight))
            .layer(middleware::from_fn(refused))
            .layer(CatchPanicLayer::custom(panicked))
            .layer(middleware::from_fn(move |request, next| admitted(Arc::clone(&edge), deadline, request, next)))
            .layer(middleware::map_response(uncached))
            .layer(middleware::map_response(move |answer| async move { by_tls_only(on, answer) }))
            .layer(middleware::from_fn(log::request))
            .with_state(state)
    }

    fn on<H: Handler<T, S>, T: 'static>(
        mut self,
        name: &'static str,
        method: MethodFilter,
        path: &'static str,
        handler: H,
    ) -> Self {
        if let Some(entry) = self.paths.iter_mut().find(|entry| entry.path == path) {
            entry.handlers = std::mem::take(&mut entry.handlers).on(method, handler);
        } else {
            // `Allow` names the method that the path was listed with first; clients of the original rely on it.
            let refuse = move || async move { error::method_not_allowed(name) };
            let handlers = MethodRouter::new().on(method, handler).on(MethodFilter::HEAD, refuse).fallback(refuse);
            self.paths.push(Path { path, handlers });
        }
        self
    }

    fn described(mut self, method: &'static str, path: &'static str, operation: fn() -> Operation) -> Self {
        if DESCRIBED {
            self.listed.push(Route { method, path, operation });
        }
        self
    }
}

impl<S> Routes<S, true> {
    /// The routes for the document, in the order in which they were listed.
    #[must_use]
    pub fn list(self) -> Vec<Route> {
        self.listed
    }
}

/// `paths`: where a redirect may lead.
fn unrouted(paths: &[&str], request: &Request) -> Response {
    let path = request.uri().path();
    let other = if path.ends_with('/') { path.trim_end_matches('/').to_owned() } else { format!("{path}/") };
    if !paths.iter().any(|pattern| matches(pattern, &other)) {
        return error::not_found();
    }
    let query = request.uri().query().map(|query| format!("?{query}")).unwrap_or_default();
    redirect(request, &format!("{other}{query}"))
}

/// 307 to another path of this API, as an absolute address.
pub fn redirect(request: &Request, path: &str) -> Response {
    let location = HeaderValue::try_from(format!("{}{path}", origin(request)));
    location.map_or_else(|_| error::not_found(), error::redirect)
}

/// Scheme, host and stage as the client addressed them. API Gateway sets the headers itself.
fn origin(request: &Request) -> String {
    let text = |name| request.headers().get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    let scheme = text("x-forwarded-proto").unwrap_or("http");
    let host = text(header::HOST.as_str()).map(|host| format!("{scheme}://{host}")).unwrap_or_default();
    let stage = request.extensions().get::<Prefix>().map_or("", |prefix| prefix.0.as_str());
    format!("{host}{stage}")
}

fn matches(pattern: &str, path: &str) -> bool {
    let (mut wanted, mut given) = (pattern.split('/'), path.split('/'));
    loop {
        match (wanted.next(), given.next()) {
            (None, None) => return true,
            (Some(wanted), Some(given)) if wanted == given || (wanted.starts_with('{') && !given.is_empty()) => {}
            _ => return false,
        }
    }
}

/// Answers hold tokens and personal data, and are for whoever asked, unless their handler says otherwise.
async fn uncached(mut answer: Response) -> Response {
    answer.headers_mut().entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    answer
}

/// For a year browsers ask this host and those below it over TLS alone. Not `preload`: that is for the owner of the whole domain to
/// say, and hard to take back.
fn by_tls_only(on: Stage, mut answer: Response) -> Response {
    if on != Stage::Local {
        let value = HeaderValue::from_static("max-age=31536000; includeSubDomains");
        answer.headers_mut().insert(header::STRICT_TRANSPORT_SECURITY, value);
    }
    answer
}

/// What is no request of ours is answered here, so that it is logged and marked like everything else.
async fn refused(mut request: Request, next: Next) -> Response {
    match request.extensions_mut().remove::<Unroutable>() {
        Some(reason) => Error::from(reason).into_response(),
        None => next.run(request).await,
    }
}

/// A browser asks whether a page of another origin may call, wherever that leads, and takes any error for a no. API Gateway hands the
/// question on where a route takes any method; the answer's CORS headers it writes itself, over whatever stands there. So what it allows
/// is the deployment's to say, and here it is enough not to refuse.
async fn preflight(request: Request, next: Next) -> Response {
    if request.method() == Method::OPTIONS && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD) {
        return StatusCode::NO_CONTENT.into_response();
    }
    next.run(request).await
}

/// Only what comes through the edge, and what its sender means. One layer with the deadline: each costs every request some microseconds.
async fn admitted(edge: Arc<Edge>, deadline: Duration, mut request: Request, next: Next) -> Response {
    if !edge.admits(&mut request) || is_blind(&request) {
        return error::forbidden();
    }
    in_time(deadline, request, next).await
}

/// What we wait for may hang; the gateway would then answer in a shape of its own.
async fn in_time(deadline: Duration, request: Request, next: Next) -> Response {
    let answer = tokio::time::timeout(deadline, next.run(request)).await;
    answer.unwrap_or_else(|_| Error::unavailable("the deadline has passed").into_response())
}

fn panicked(_: Box<dyn Any + Send>) -> Response {
    Error::internal("a handler panicked").into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_matches_whole_segments() {
        assert!(matches("/api/v1/api-keys/{key_id}", "/api/v1/api-keys/7"));
        assert!(!matches("/api/v1/api-keys/{key_id}", "/api/v1/api-keys/"));
        assert!(!matches("/api/v1/api-keys/{key_id}", "/api/v1/api-keys/7/decrypt"));
        assert!(matches("/api/v1/api-keys/", "/api/v1/api-keys/"));
    }
}
