//! One file for each endpoint: its handler, the rule that only it has, and what the OpenAPI document says of it.

pub mod create;
pub mod decrypt;
pub mod delete;
pub mod events;
pub mod export;
pub mod list;
pub mod test_connection;
pub mod update;
