//! One answer for everybody, so that tests can see what the function makes of exchanges that misbehave.

use std::collections::BTreeMap;
use std::io;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures::{StreamExt, stream};
use serde::{Deserialize, Deserializer, Serialize};

/// An answer that every exchange gives to every request, whoever asks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Canned {
    /// HTTP status.
    #[serde(default = "ok")]
    pub status: u16,
    /// Headers. A `content-length` that is longer than the body cuts the connection where the body ends.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// The exact bytes; text over HTTP.
    #[serde(default, deserialize_with = "text")]
    pub body: Vec<u8>,
    /// How many milliseconds pass before it is given.
    #[serde(default)]
    pub delay_ms: u64,
}

const fn ok() -> u16 {
    200
}

/// The end of a body that is shorter than it says, after all of it has left the house.
async fn cut() -> io::Result<Bytes> {
    tokio::time::sleep(Duration::from_millis(20)).await;
    Err(io::Error::other("cut off, as planned"))
}

fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
    String::deserialize(deserializer).map(String::into_bytes)
}

impl Canned {
    /// A body with a status, at once.
    #[must_use]
    pub fn new(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self { status, headers: BTreeMap::new(), body: body.into(), delay_ms: 0 }
    }

    /// Waits, then answers.
    pub(crate) async fn answer(self) -> Response {
        tokio::time::sleep(Duration::from_millis(self.delay_ms)).await;
        let mut answer = StatusCode::from_u16(self.status).unwrap_or(StatusCode::BAD_GATEWAY).into_response();
        for (name, value) in &self.headers {
            if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), HeaderValue::from_str(value)) {
                answer.headers_mut().insert(name, value);
            }
        }
        // Of a body whose length the server knows it would not believe another one.
        *answer.body_mut() = if answer.headers().contains_key(header::CONTENT_LENGTH) {
            Body::from_stream(stream::iter([Ok(Bytes::from(self.body))]).chain(stream::once(cut())))
        } else {
            Body::from(self.body)
        };
        answer
    }
}
