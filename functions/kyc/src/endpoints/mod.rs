//! One file for each endpoint: its handler, and what the OpenAPI document says of it.

pub mod export;
pub mod health;
pub mod root;
pub mod status;
pub mod webhook;
