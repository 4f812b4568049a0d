//! Answers of a handler: a model and, by name, its status.

use axum::{
    Json,
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;

/// A model with a status and, where the rule asks for them, headers.
pub struct Reply<T> {
    status: StatusCode,
    headers: Vec<(HeaderName, HeaderValue)>,
    model: T,
}

impl<T> Reply<T> {
    /// 200.
    pub const fn ok(model: T) -> Self {
        Self { status: StatusCode::OK, headers: Vec::new(), model }
    }

    /// 400: understood, and refused for what it says.
    pub const fn bad_request(model: T) -> Self {
        Self { status: StatusCode::BAD_REQUEST, headers: Vec::new(), model }
    }

    /// 401: credentials that do not convince.
    pub const fn unauthorized(model: T) -> Self {
        Self { status: StatusCode::UNAUTHORIZED, headers: Vec::new(), model }
    }

    /// 403: not this caller.
    pub const fn forbidden(model: T) -> Self {
        Self { status: StatusCode::FORBIDDEN, headers: Vec::new(), model }
    }

    /// 404: nothing of the caller's is there.
    pub const fn not_found(model: T) -> Self {
        Self { status: StatusCode::NOT_FOUND, headers: Vec::new(), model }
    }

    /// 409: not while things are as they are.
    pub const fn conflict(model: T) -> Self {
        Self { status: StatusCode::CONFLICT, headers: Vec::new(), model }
    }

    /// 429: again in `seconds`.
    pub fn too_many_requests(model: T, seconds: i64) -> Self {
        Self { status: StatusCode::TOO_MANY_REQUESTS, headers: Vec::new(), model }
            .header(header::RETRY_AFTER, HeaderValue::from(seconds))
    }

    /// 503: something that this depends on cannot be had now; again in `seconds`.
    pub fn unavailable(model: T, seconds: u32) -> Self {
        Self { status: StatusCode::SERVICE_UNAVAILABLE, headers: Vec::new(), model }
            .header(header::RETRY_AFTER, HeaderValue::from(seconds))
    }

    /// With a header.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }
}

impl<T: Serialize> IntoResponse for Reply<T> {
    fn into_response(self) -> Response {
        let mut answer = (self.status, Json(self.model)).into_response();
        answer.headers_mut().extend(self.headers);
        answer
    }
}
