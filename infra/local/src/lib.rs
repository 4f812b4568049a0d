//! The local AWS: one process that answers as `DynamoDB`, KMS, `SESv2` and the exchanges, on a laptop and in tests.
//!
//! Every request of an SDK client enters by one [`door`], which counts it, holds it against the caller's role in
//! `template.yaml` ([`iam`]), may let it fail on demand, refuses what a transaction is in the way of ([`conflicts`]), and passes it on:
//! `DynamoDB` to an embedded emulator on a `SQLite` file, KMS and SES to the stand-ins in this crate, or everything to
//! another AWS emulator (`upstream`). The tables are those that `template.yaml` declares, and a feeder does what an event
//! source mapping does on AWS: it turns the stream of the outbox table into invocations of the `mail` function. Of mails to the
//! mailbox simulator of SES it tells that function what SES would report.
//!
//! Identity providers are played the other way round: a click on a page here sends a signed report to the `kyc` function.
//!
//! Requests whose `Host` is an exchange's go to the paper exchange before anything else looks at them.

mod backend;
mod call;
mod calls;
mod clock;
mod conflicts;
mod console;
mod database;
mod door;
mod error;
mod faults;
mod feeder;
mod http;
mod iam;
mod identity;
mod inbox;
mod kms;
mod local;
mod lock;
mod options;
mod paper;
mod refusal;
mod ses;
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
pub use options::{Function, Identity, MailFunction, Options};
pub use paper::{Canned, Demo, DemoCredentials, ExchangeRequest};
pub use ses::Outcome;
