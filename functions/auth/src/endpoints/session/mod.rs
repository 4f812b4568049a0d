//! How a session begins, goes on and ends, and the keys by which others check its access tokens.

pub mod jwks;
pub mod list;
pub mod login;
pub mod logout;
pub mod refresh;
pub mod revoke;
