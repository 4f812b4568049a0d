//! The local AWS: one process that answers as `DynamoDB`, KMS and `SESv2`, on a laptop and in tests.
//!
//! Every request of an SDK client enters by one [`door`], which counts it, holds it against the caller's role in
//! `template.yaml` ([`iam`]), may let it fail on demand, refuses what a transaction is in the way of ([`conflicts`]), and passes it on:
//! `DynamoDB` to an embedded emulator on a `SQLite` file, KMS and SES to the stand-ins in this crate, or everything to
//! another AWS emulator (`upstream`). The tables are those that `template.yaml` declares. What there invokes functions beside the API
//! invokes them here ([`feeder`]): streams of tables, schedules, and rules for what SES reports of mails to its mailbox simulator.
//!
//! Whom the functions deal with beside AWS, exchanges and identity providers, [`paper`] plays at the same address.

mod ahead;
mod app;
mod backend;
mod call;
mod calls;
mod clock;
mod conflicts;
mod console;
mod controls;
mod database;
mod door;
mod error;
mod faults;
mod feeder;
mod http;
mod iam;
mod inbox;
mod keys;
mod kms;
mod local;
mod lock;
mod logs;
mod options;
mod refusal;
mod ses;
mod start;
mod state;
mod tables;
mod template;
mod upstream;
pub mod yaml;

pub use call::Service;
pub use calls::Calls;
pub use error::Error;
pub use faults::{Fault, Mode};
pub use iam::Permission;
pub use inbox::Mail;
pub use local::LocalAws;
pub use options::{Function, Functions, Options};
pub use ses::Outcome;
