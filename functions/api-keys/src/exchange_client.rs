//! HTTP to exchanges: certificates checked, nothing followed, everything bounded.

use std::{
    io,
    sync::{Arc, OnceLock},
    time::Duration,
};

use axum::{
    body::Bytes,
    http::{HeaderValue, header},
};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{Client, Error as ClientError, connect::HttpConnector},
    rt::TokioExecutor,
};

use crate::exchanges::{ExchangeAnswer, Request};

/// To open a connection.
const CONNECT: Duration = Duration::from_secs(2);
/// The largest answer that is read. Bytes.
const MAX_ANSWER: usize = 64 * 1024;
/// The longest time that anybody is told to leave an exchange alone for. Seconds.
const MAX_RETRY_AFTER: u32 = 3_600;
/// Some exchanges turn nameless clients away.
const USER_AGENT: HeaderValue = HeaderValue::from_static("bitcain/1");

type HttpClient = Client<HttpsConnector<HttpConnector>, Full<Bytes>>;

/// The way to exchanges. Cloning shares it.
#[derive(Clone)]
pub struct ExchangeClient {
    /// Made for the first question: most instances ask none, and the root certificates would be read in every cold start.
    client: Arc<OnceLock<HttpClient>>,
    proxy: Option<Arc<str>>,
}

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Silence {
    /// Nobody there, no certificate that convinces, or cut off.
    Unreachable,
    /// The connection was refused before anything was sent: asking again is safe.
    Refused,
    /// An answer that nobody should read: too large, or leading elsewhere.
    Unreadable,
    /// The request cannot be written: a character that no header carries.
    Unwritable,
}

/// An answer, and how many seconds the exchange wants to be left alone for.
pub struct Heard {
    pub(crate) answer: ExchangeAnswer,
    pub(crate) retry_after: Option<u32>,
}

impl ExchangeClient {
    /// Over https, or over http to `proxy` (`host:port`), which plays the exchanges.
    #[must_use]
    pub fn new(proxy: Option<String>) -> Self {
        Self { client: Arc::default(), proxy: proxy.map(Into::into) }
    }

    /// Asks once.
    ///
    /// # Errors
    /// Why there is no answer.
    pub async fn ask(&self, request: Request) -> Result<Heard, Silence> {
        let request = self.written(request).map_err(|_| Silence::Unwritable)?;
        let answer = self.client()?.request(request).await.map_err(|error| heard_nothing(&error))?;
        let (parts, body) = answer.into_parts();
        if parts.status.is_redirection() {
            return Err(Silence::Unreadable);
        }
        let body = match Limited::new(body, MAX_ANSWER).collect().await {
            Ok(body) => body.to_bytes(),
            Err(error) if error.is::<LengthLimitError>() => return Err(Silence::Unreadable),
            Err(_) => return Err(Silence::Unreachable),
        };
        let retry_after = parts.headers.get(header::RETRY_AFTER).and_then(seconds);
        Ok(Heard { answer: ExchangeAnswer::new(parts.status.as_u16(), body.to_vec()), retry_after })
    }

    fn client(&self) -> Result<&HttpClient, Silence> {
        if let Some(client) = self.client.get() {
            return Ok(client);
        }
        let client = client(self.proxy.is_some()).map_err(|error| {
            tracing::error!(%error, "the machine has no certificates to check exchanges with");
            Silence::Unreachable
        })?;
        Ok(self.client.get_or_init(|| client))
    }

    fn written(&self, request: Request) -> Result<axum::http::Request<Full<Bytes>>, axum::http::Error> {
        let Request { method, host, target, headers, body } = request;
        let (scheme, authority) = self.proxy.as_deref().map_or(("https", host), |proxy| ("http", proxy));
        let mut written = axum::http::Request::builder()
            .method(method.as_str())
            .uri(format!("{scheme}://{authority}{}", target.as_str()))
            .header(header::HOST, host)
            .header(header::ACCEPT, "application/json")
            .header(header::USER_AGENT, USER_AGENT);
        for (name, value) in headers {
            let mut value = HeaderValue::from_bytes(value.as_bytes())?;
            value.set_sensitive(true);
            written = written.header(name, value);
        }
        written.body(Full::from(body.map(|body| body.as_bytes().to_vec()).unwrap_or_default()))
    }
}

/// Seconds to wait, at most an hour however many digits there are. A date is none.
fn seconds(value: &HeaderValue) -> Option<u32> {
    let digits =
        value.to_str().ok().filter(|text| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()))?;
    Some(digits.parse().map_or(MAX_RETRY_AFTER, |seconds: u32| seconds.min(MAX_RETRY_AFTER)))
}

fn client(is_http: bool) -> io::Result<HttpClient> {
    let tls =
        HttpsConnectorBuilder::new().with_provider_and_native_roots(rustls::crypto::aws_lc_rs::default_provider())?;
    let scheme = if is_http { tls.https_or_http() } else { tls.https_only() };
    let mut tcp = HttpConnector::new();
    tcp.enforce_http(false);
    tcp.set_connect_timeout(Some(CONNECT));
    tcp.set_nodelay(true);
    let connector = scheme.enable_http1().wrap_connector(tcp);
    // No connection outlives its answer: between two requests the function may be frozen.
    Ok(Client::builder(TokioExecutor::new()).pool_max_idle_per_host(0).build(connector))
}

/// The error's own words name the address asked, whose query may be signed: they stay here.
fn heard_nothing(error: &ClientError) -> Silence {
    let mut cause: Option<&dyn std::error::Error> = Some(error);
    while let Some(error) = cause {
        let io = error.downcast_ref::<io::Error>();
        if io.is_some_and(|error| error.kind() == io::ErrorKind::ConnectionRefused) {
            return Silence::Refused;
        }
        cause = error.source();
    }
    Silence::Unreachable
}
