//! The integration suite: one binary, because linking the SDKs is what takes time.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "where something is missing, the test has failed")]

mod account;
mod alarms;
mod answers;
mod budgets;
mod concurrency;
mod contention;
mod contested;
mod contract;
mod docs_page;
mod emf;
mod events;
mod feedback;
mod hostile;
mod input;
mod invocation;
mod kyc;
mod link_rotation;
mod logs;
mod mail;
mod metrics;
mod openapi;
mod operators;
mod oracle;
mod outages;
mod permissions;
mod profile;
mod rewrap;
mod rewrap_secrets;
mod rotation;
mod secrets;
mod sessions;
mod spellings;
mod step_up;
mod strangers;
mod template;
mod tls;
mod tokens;
mod ui;
mod vault;
mod waiting;
