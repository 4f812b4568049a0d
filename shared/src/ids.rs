//! Identifiers: UUIDs with one type each, so that none is taken for another.

use std::{fmt, marker::PhantomData};

use serde::{Deserialize, Serialize};
use uuid::{Builder, Uuid};

use crate::{error::Error, random};

/// A UUID that names one `Kind` of thing. A random one tells neither order nor time; those of what is listed newest first tell both.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent, bound = "")]
pub struct Id<Kind>(Uuid, PhantomData<Kind>);

/// Kinds of identifiers; never values.
pub mod kind {
    /// See [`super::AccountId`].
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Account {}
    /// See [`super::SessionId`].
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Session {}
    /// See [`super::LinkId`].
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Link {}
    /// See [`super::MailId`].
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Mail {}
    /// See [`super::AttemptId`].
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Attempt {}
    /// See [`super::KeyId`].
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Key {}
    /// See [`super::EventId`].
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Event {}
    /// See [`super::FactorId`].
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Factor {}
    /// See [`super::TokenId`].
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Token {}
    /// See [`super::ExportId`].
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Export {}
}

/// An account: `user.id` outside, `sub` in a token.
pub type AccountId = Id<kind::Account>;
/// A session of an account: `sid` in a token. It names a row only together with its account.
pub type SessionId = Id<kind::Session>;
/// A mailed link. Not a secret: without the link key it redeems nothing.
pub type LinkId = Id<kind::Link>;
/// A mail in the outbox.
pub type MailId = Id<kind::Mail>;
/// One try to send a mail.
pub type AttemptId = Id<kind::Attempt>;
/// An exchange key. Made of the time and randomness (UUID version 7), so that keys sort by age. It names a row only together with
/// its account.
pub type KeyId = Id<kind::Key>;
/// An access to an exchange key, or something that has happened to an account; sorts by time, too.
pub type EventId = Id<kind::Event>;
/// A second factor of an account: its secret for codes, or one of its passkeys. It names a row only together with its account.
pub type FactorId = Id<kind::Factor>;
/// A personal token of an account. Made of the time and randomness, so that tokens sort by age. It names a row only together with its
/// account.
pub type TokenId = Id<kind::Token>;
/// An export that somebody has begun. It names a row only together with its account.
pub type ExportId = Id<kind::Export>;

impl<Kind> Id<Kind> {
    /// A new random id.
    ///
    /// # Errors
    /// `Internal` when there is no randomness.
    pub fn random() -> Result<Self, Error> {
        Ok(Self(Builder::from_random_bytes(random::bytes()?).into_uuid(), PhantomData))
    }

    /// A new id that sorts after those of earlier milliseconds.
    ///
    /// # Errors
    /// `Internal` when there is no randomness.
    pub fn at(unix_ms: u64) -> Result<Self, Error> {
        Ok(Self(Builder::from_unix_timestamp_millis(unix_ms, &random::bytes()?).into_uuid(), PhantomData))
    }

    /// When an id was made that [`Id::at`] has made: milliseconds since 1970. Of a random id it says nothing.
    #[must_use]
    pub fn unix_ms(&self) -> u64 {
        // The first 48 bits.
        let (beginning, _) = self.0.as_u64_pair();
        beginning >> 16
    }

    /// From the text that `Display` makes, and no other form of it.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let id = Uuid::try_parse(text).ok()?;
        (id.to_string() == text).then_some(Self(id, PhantomData))
    }

    /// From the 16 bytes of [`Id::as_bytes`].
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(Uuid::from_bytes(bytes), PhantomData)
    }

    /// The 16 bytes of the UUID.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        self.0.as_bytes()
    }
}

impl<Kind> fmt::Display for Id<Kind> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
