//! What every function does with a request, whatever it is about.

mod blind;
mod edge;
mod events;
mod hostile;
mod tls;

use serde_json::Value;

/// A request to log in, as an HTTP API hands it to a function (payload 2.0).
pub const HTTP_API: &str = include_str!("../../events/http_api.json");
/// The request of [`HTTP_API`] as a REST API hands it over.
pub const REST_API: &str = include_str!("../../events/rest_api.json");

/// An event out of its text.
pub fn event(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}
