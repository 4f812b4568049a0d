//! A request to an exchange, as it arrived.

use axum::http::{HeaderMap, Uri, request::Parts};
use percent_encoding::percent_decode_str;
use serde_json::Value;

/// What was sent to an exchange. Signed with demo credentials, so nothing in it is worth hiding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExchangeRequest {
    /// The exchange that listens at the host.
    pub exchange: &'static str,
    /// As HTTP writes it.
    pub method: String,
    /// The `Host` header, without a port.
    pub host: String,
    /// Path and query, encoded.
    pub target: String,
    /// In the order in which they came, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The exact bytes.
    pub body: Vec<u8>,
}

/// The host that a request is for, in lower case and without a port.
pub(crate) fn host(headers: &HeaderMap, uri: &Uri) -> Option<String> {
    let host = headers.get("host").and_then(|host| host.to_str().ok()).or_else(|| uri.host())?;
    Some(host.split(':').next().unwrap_or(host).to_ascii_lowercase())
}

impl ExchangeRequest {
    pub(crate) fn new(exchange: &'static str, host: String, parts: &Parts, body: &[u8]) -> Self {
        let text = |value: &axum::http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        Self {
            exchange,
            method: parts.method.to_string(),
            host,
            target: parts.uri.path_and_query().map_or("/", |target| target.as_str()).to_owned(),
            headers: parts.headers.iter().map(|(name, value)| (name.to_string(), text(value))).collect(),
            body: body.to_vec(),
        }
    }

    /// A header, whatever the case of its name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(given, _)| given.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// The path alone.
    pub(crate) fn path(&self) -> &str {
        self.target.split_once('?').map_or(self.target.as_str(), |(path, _)| path)
    }

    /// The parameters of the query, decoded.
    pub(crate) fn query(&self) -> Vec<(String, String)> {
        pairs(self.target.split_once('?').map_or("", |(_, query)| query))
    }

    /// The parameters of a form in the body, decoded.
    pub(crate) fn form(&self) -> Vec<(String, String)> {
        pairs(std::str::from_utf8(&self.body).unwrap_or_default())
    }

    /// The body as JSON; null when it is none.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}

/// Exchanges write a space as `%20`; a plus sign is one.
fn pairs(encoded: &str) -> Vec<(String, String)> {
    let decoded = |text| percent_decode_str(text).decode_utf8_lossy().into_owned();
    let pairs = encoded.split('&').filter_map(|pair| pair.split_once('='));
    pairs.map(|(name, value)| (decoded(name), decoded(value))).collect()
}
