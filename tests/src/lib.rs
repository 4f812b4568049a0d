//! A world to test in: the real routers, a local AWS of their own, and people who use them.

#![expect(clippy::expect_used, clippy::missing_panics_doc, reason = "where something is missing, the test has failed")]

mod authenticator;
pub mod document;
mod event;
mod factors;
mod function;
mod key;
mod mail;
mod person;
mod snapshot;
mod world;

pub use authenticator::{Algorithm, Attestation, Authenticator, UserHandle};
pub use event::{CLIENT, Reply, Request, answer_to, assert_all, invoke, invoke_event, invoke_undocumented};
pub use factors::{Added, App, ORIGIN};
pub use function::Function;
pub use key::Key;
pub use mail::MailInstance;
pub use person::{Person, Session};
pub use snapshot::{Page, kept_answers};
pub use world::{
    APP_URL, PATIENCE, Settings, World, authorized, json_request, no_text, provider, size_of, until, webhook_secrets,
};
