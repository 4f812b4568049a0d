//! What two or more functions need: configuration, identity, storage, sealing, the HTTP layer and the log.

pub mod app;
pub mod aws;
pub mod blank;
pub mod caller;
pub mod config;
pub mod contention;
pub mod edge;
pub mod error;
pub mod http;
pub mod ids;
pub mod invocation;
pub mod kyc;
pub mod limits;
pub mod link;
pub mod log;
pub mod metrics;
pub mod now;
pub mod outbox;
pub mod random;
pub mod rotation;
pub mod seal;
pub mod start;
pub mod store;
pub mod tables;
pub mod time;
pub mod wire;
