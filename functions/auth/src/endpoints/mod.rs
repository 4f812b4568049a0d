//! One file for each endpoint: its input, its handler, its answer, and `document`, which is what the OpenAPI document says of the
//! endpoint. The folders follow what people come for: an account that begins, a session, an account that there is.

pub mod account;
mod auth_response;
pub mod second_factors;
pub mod session;
pub mod sign_up;
pub mod ui;
