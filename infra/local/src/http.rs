//! The HTTP client behind the door, the feeder and the start-up calls.

use std::time::Duration;

use axum::body::Bytes;
use axum::http::{Request, Response, header};
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;

use crate::Error;

/// Sends whole requests and reads whole answers, over plain HTTP.
#[derive(Clone)]
pub(crate) struct Http(Client<HttpConnector, Full<Bytes>>);

impl Http {
    /// A client with a pool of connections of its own.
    pub(crate) fn new() -> Self {
        let mut connector = HttpConnector::new();
        // Otherwise the kernel may hold back a small request for 40 ms.
        connector.set_nodelay(true);
        Self(Client::builder(TokioExecutor::new()).build(connector))
    }

    /// The answer to `request`, or [`Error::Unreachable`] if there is none within `limit`.
    pub(crate) async fn send(&self, request: Request<Bytes>, limit: Duration) -> Result<Response<Bytes>, Error> {
        let url = request.uri().to_string();
        let unreachable = |reason: String| Error::Unreachable { url: url.clone(), reason };
        let exchange = async {
            let answer = self.0.request(request.map(Full::new)).await.map_err(|error| unreachable(chain(&error)))?;
            let (mut parts, body) = answer.into_parts();
            let body = body.collect().await.map_err(|error| unreachable(chain(&error)))?.to_bytes();
            // The body is whole now, so it is no longer sent in chunks.
            parts.headers.remove(header::TRANSFER_ENCODING);
            Ok(Response::from_parts(parts, body))
        };
        tokio::time::timeout(limit, exchange)
            .await
            .unwrap_or_else(|_| Err(unreachable(format!("no answer within {} s", limit.as_secs()))))
    }
}

/// An error with its causes on one line: the client's own text is only "client error (Connect)".
fn chain(error: &dyn std::error::Error) -> String {
    std::iter::successors(Some(error), |&error| error.source()).map(ToString::to_string).collect::<Vec<_>>().join(": ")
}
