//! HTTP to exchanges: how a signed question is written, and what is read of an answer.

use std::time::Instant;

use axum::{
    body::Bytes,
    http::{self, HeaderValue, header},
};
use shared::wire::{Silence, Wire};

use crate::exchanges::{ExchangeAnswer, Request};

/// The largest answer that is read. Bytes.
const MAX_ANSWER: usize = 64 * 1024;
/// The longest time that anybody is told to leave an exchange alone for. Seconds.
const MAX_RETRY_AFTER: u32 = 3_600;

/// The way to exchanges. Cloning shares it.
#[derive(Clone)]
pub struct ExchangeClient(Wire);

/// An answer, and how many seconds the exchange wants to be left alone for.
pub struct Heard {
    pub(crate) answer: ExchangeAnswer,
    pub(crate) retry_after: Option<u32>,
}

impl ExchangeClient {
    /// Over https, or over http to `proxy` (`host:port`), which plays the exchanges.
    #[must_use]
    pub fn new(proxy: Option<&str>) -> Self {
        Self(Wire::new(proxy, MAX_ANSWER))
    }

    /// Asks once, for an answer by `until`.
    ///
    /// # Errors
    /// Why there is no answer.
    pub async fn ask(&self, request: Request, until: Instant) -> Result<Heard, Silence> {
        let request = written(request).map_err(|_| Silence::Unwritable)?;
        let (parts, body) = self.0.ask(request, until).await?.into_parts();
        let retry_after = parts.headers.get(header::RETRY_AFTER).and_then(seconds);
        Ok(Heard { answer: ExchangeAnswer::new(parts.status.as_u16(), body.to_vec()), retry_after })
    }
}

fn written(request: Request) -> Result<http::Request<Bytes>, http::Error> {
    let Request { method, host, target, headers, body } = request;
    let mut written = http::Request::builder()
        .method(method.as_str())
        .uri(format!("https://{host}{}", target.as_str()))
        .header(header::ACCEPT, "application/json");
    for (name, value) in headers {
        let mut value = HeaderValue::from_bytes(value.as_bytes())?;
        value.set_sensitive(true);
        written = written.header(name, value);
    }
    written.body(body.map(|body| Bytes::copy_from_slice(body.as_bytes())).unwrap_or_default())
}

/// Seconds to wait, at most an hour however many digits there are. A date is none.
fn seconds(value: &HeaderValue) -> Option<u32> {
    let digits =
        value.to_str().ok().filter(|text| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()))?;
    Some(digits.parse().map_or(MAX_RETRY_AFTER, |seconds: u32| seconds.min(MAX_RETRY_AFTER)))
}
