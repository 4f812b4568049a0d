//! The integration suite: one binary, because linking the SDKs is what takes time. A folder for each function, and one for each
//! promise that several keep together.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "where something is missing, the test has failed")]

mod admin;
mod alarms;
mod api_keys;
mod auth;
mod budgets;
mod contention;
mod contract;
mod docs;
mod endings;
mod export;
mod functions;
mod http;
mod invocation;
mod kyc;
mod logs;
mod mail;
mod oauth;
mod permissions;
mod template;
