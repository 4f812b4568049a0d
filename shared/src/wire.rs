//! HTTPS to others: certificates checked, nothing followed, everything bounded. What is said in either direction is in no log.

use std::{
    io,
    sync::{Arc, OnceLock},
    time::{Duration, Instant},
};

use axum::{
    body::Bytes,
    http::{HeaderValue, Request, Response, Uri, header, uri},
};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{Client, Error as ClientError, connect::HttpConnector},
    rt::TokioExecutor,
};

/// To open a connection.
const CONNECT: Duration = Duration::from_secs(2);
/// Some turn nameless clients away.
const USER_AGENT: HeaderValue = HeaderValue::from_static("bitcain/1");

type HttpClient = Client<HttpsConnector<HttpConnector>, Full<Bytes>>;

/// The way to others. Cloning shares it.
#[derive(Clone)]
pub struct Wire {
    /// Made for the first question: most instances ask none, and the root certificates would be read in every cold start.
    client: Arc<OnceLock<HttpClient>>,
    stand_in: Option<Arc<str>>,
    max_answer: usize,
}

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Silence {
    /// Nobody there, no certificate that convinces, cut off, or not in time.
    Unreachable,
    /// The connection was refused before anything was sent: asking again is safe.
    Refused,
    /// An answer that nobody should read: too large, or leading elsewhere.
    Unreadable,
    /// The request cannot be written: a character that no header carries, or an address without a host.
    Unwritable,
}

impl Wire {
    /// For answers of at most `max_answer` bytes; over https, or over http to `stand_in` (`host:port`), which plays everybody who is asked.
    #[must_use]
    pub fn new(stand_in: Option<&str>, max_answer: usize) -> Self {
        Self { client: Arc::default(), stand_in: stand_in.map(Into::into), max_answer }
    }

    /// Asks the https address of `request` once, for an answer that is there whole by `until`.
    ///
    /// # Errors
    /// Why there is no answer.
    pub async fn ask(&self, request: Request<Bytes>, until: Instant) -> Result<Response<Bytes>, Silence> {
        let request = self.addressed(request)?;
        let answer = tokio::time::timeout_at(until.into(), self.exchange(request)).await;
        answer.unwrap_or(Err(Silence::Unreachable))
    }

    async fn exchange(&self, request: Request<Full<Bytes>>) -> Result<Response<Bytes>, Silence> {
        let answer = self.client()?.request(request).await.map_err(|error| heard_nothing(&error))?;
        let (parts, body) = answer.into_parts();
        if parts.status.is_redirection() {
            return Err(Silence::Unreadable);
        }
        match Limited::new(body, self.max_answer).collect().await {
            Ok(body) => Ok(Response::from_parts(parts, body.to_bytes())),
            Err(error) if error.is::<LengthLimitError>() => Err(Silence::Unreadable),
            Err(_) => Err(Silence::Unreachable),
        }
    }

    fn client(&self) -> Result<&HttpClient, Silence> {
        if let Some(client) = self.client.get() {
            return Ok(client);
        }
        let client = client(self.stand_in.is_some()).map_err(|error| {
            tracing::error!(%error, "the machine has no certificates to check others with");
            Silence::Unreachable
        })?;
        Ok(self.client.get_or_init(|| client))
    }

    /// To whom it goes, which a stand-in is told by the `Host` alone.
    fn addressed(&self, request: Request<Bytes>) -> Result<Request<Full<Bytes>>, Silence> {
        let (mut parts, body) = request.into_parts();
        let host = parts.uri.authority().ok_or(Silence::Unwritable)?.as_str();
        let host = HeaderValue::from_str(host).map_err(|_| Silence::Unwritable)?;
        parts.headers.insert(header::HOST, host);
        parts.headers.insert(header::USER_AGENT, USER_AGENT);
        if let Some(stand_in) = &self.stand_in {
            let target = parts.uri.path_and_query().map_or("/", |target| target.as_str());
            let uri = Uri::builder().scheme(uri::Scheme::HTTP).authority(&**stand_in).path_and_query(target);
            parts.uri = uri.build().map_err(|_| Silence::Unwritable)?;
        }
        Ok(Request::from_parts(parts, Full::from(body)))
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn nothing_goes_out_in_the_clear() {
        let wire = Wire::new(None, 1_024);
        let listener = std::net::TcpListener::bind((std::net::Ipv4Addr::LOCALHOST, 0)).unwrap();
        listener.set_nonblocking(true).unwrap();
        let request = Request::get(format!("http://{}/", listener.local_addr().unwrap())).body(Bytes::new()).unwrap();
        let answer = wire.ask(request, Instant::now() + Duration::from_secs(5)).await;
        assert_eq!(answer.unwrap_err(), Silence::Unreachable);
        assert_eq!(listener.accept().unwrap_err().kind(), io::ErrorKind::WouldBlock, "nobody came");
    }

    #[tokio::test]
    async fn nobody_is_waited_for_longer_than_is_said() {
        // Takes connections and says nothing.
        let listener = std::net::TcpListener::bind((std::net::Ipv4Addr::LOCALHOST, 0)).unwrap();
        let wire = Wire::new(Some(&listener.local_addr().unwrap().to_string()), 1_024);
        let request = Request::get("https://silent.example/").body(Bytes::new()).unwrap();
        let since = Instant::now();
        let answer = wire.ask(request, since + Duration::from_millis(50)).await;
        assert_eq!(answer.unwrap_err(), Silence::Unreachable);
        assert!(since.elapsed() < CONNECT, "{:?}", since.elapsed());
    }

    #[tokio::test]
    async fn an_address_without_a_host_cannot_be_written() {
        let request = Request::get("/path").body(Bytes::new()).unwrap();
        let answer = Wire::new(None, 1_024).ask(request, Instant::now() + CONNECT).await;
        assert_eq!(answer.unwrap_err(), Silence::Unwritable);
    }
}
