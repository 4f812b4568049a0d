//! One file for each endpoint: its handler, the rule that only it has, and what the OpenAPI document says of it.

pub mod end_token;
pub mod export;
pub mod list_tokens;
pub mod make_token;
pub mod revoke;
