//! What is asked of an exchange, before and after signing.

use serde_json::Value;
use zeroize::Zeroizing;

use super::{Site, Unsignable};

/// The HTTP methods that signing knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Parameters go into the query.
    Get,
    /// Parameters go into the body, in the exchange's form.
    Post,
}

impl Method {
    /// As HTTP writes it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
        }
    }
}

/// A question: an operation of an exchange and its parameters. Nothing in it is secret.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// How it is asked.
    pub method: Method,
    /// The whole path, from the host on.
    pub path: String,
    /// Parameters in the order in which they are written, unless the exchange demands another.
    pub params: Vec<(String, Value)>,
}

impl Call {
    /// `GET path`, without parameters.
    #[must_use]
    pub fn get(path: &str) -> Self {
        Self { method: Method::Get, path: path.to_owned(), params: Vec::new() }
    }

    /// `POST path`, without parameters.
    #[must_use]
    pub fn post(path: &str) -> Self {
        Self { method: Method::Post, path: path.to_owned(), params: Vec::new() }
    }

    /// With a parameter.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.params.push((name.to_owned(), value.into()));
        self
    }

    /// The parameters as `name=value` pairs in text form, unencoded.
    #[must_use]
    pub fn pairs(&self) -> Vec<(String, String)> {
        let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        self.params.iter().map(|(name, value)| (name.clone(), text(value))).collect()
    }

    /// The parameters as a JSON object, in their order.
    #[must_use]
    pub fn json(&self) -> String {
        let members = self.params.iter().map(|(name, value)| format!("{}:{value}", Value::from(name.as_str())));
        format!("{{{}}}", members.collect::<Vec<_>>().join(","))
    }
}

/// When a request is signed, and the randomness it may use.
pub struct Moment {
    /// Milliseconds since 1970.
    pub unix_ms: i64,
    /// Fresh for every request.
    pub nonce: [u8; 32],
}

/// A signed request. Secrets may be in every part of it: no `Debug`, no `Clone`.
pub struct Request {
    /// How it is sent.
    pub method: Method,
    /// To whom.
    pub host: &'static str,
    /// Path and query, encoded.
    pub target: Zeroizing<String>,
    /// Names in the exchange's spelling.
    pub headers: Vec<(&'static str, Zeroizing<String>)>,
    /// The exact bytes.
    pub body: Option<Zeroizing<String>>,
}

impl Request {
    /// `call` at `site`, with nothing signed yet. `query` is encoded already; empty means none.
    #[must_use]
    pub fn new(site: &Site, call: &Call, query: &str) -> Self {
        let target = if query.is_empty() { call.path.clone() } else { format!("{}?{query}", call.path) };
        Self { method: call.method, host: site.host, target: Zeroizing::new(target), headers: Vec::new(), body: None }
    }

    /// With a header.
    ///
    /// # Errors
    /// When no header can carry the value.
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Result<Self, Unsignable> {
        let value = Zeroizing::new(value.into());
        if value.bytes().any(|byte| byte.is_ascii_control()) {
            return Err(Unsignable);
        }
        self.headers.push((name, value));
        Ok(self)
    }

    /// With a body.
    #[must_use]
    pub fn body(mut self, body: impl Into<String>) -> Self {
        self.body = Some(Zeroizing::new(body.into()));
        self
    }
}
