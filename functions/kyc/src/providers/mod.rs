//! The identity providers: one file each says which headers prove a report, what is signed and how fresh it must be, where
//! its ids and times are, and what it means. Nothing here does I/O or reads a clock, so recorded reports prove all of it.
//!
//! The order of use: [`find`], [`Provider::verify`], [`Verified::read`], [`Provider::meaning`].

mod crypto;
mod didit;
mod event;
mod generic;
mod millis;
mod onfido;
mod payload;
mod persona;
mod stripe_identity;
mod sumsub;
#[cfg(test)]
mod tests;
mod unproven;
mod veriff;

use axum::http::HeaderMap;
use shared::time::Timestamp;

pub use crypto::{Secret, bearer};
pub use event::{Cause, Meaning, ProviderEvent};
pub use millis::Millis;
pub use payload::Malformed;
pub use shared::kyc::KycStatus;
pub use unproven::Unproven;

use payload::Payload;

/// Everything that differs between providers.
pub struct Provider {
    /// Its name in paths, settings and tables.
    pub id: &'static str,
    /// Its name for people.
    pub name: &'static str,
    /// Whether it can be told to send `Authorization: Bearer …` besides its signature. A lock with a token is for these only.
    pub sends_bearer: bool,
    /// Whether one of the secrets proves these bytes.
    verify: Verify,
    /// What is kept of a report.
    read: fn(&Payload) -> ProviderEvent,
    /// What it means. Looks at type, word and detail only.
    map: fn(&ProviderEvent) -> Meaning,
}

/// Looks at secrets, headers, the body as it came, and the time.
type Verify = fn(&[Secret], &HeaderMap, &[u8], Timestamp) -> Result<(), Unproven>;

/// All of them.
pub static ALL: [&Provider; 7] = [
    &sumsub::PROVIDER,
    &onfido::PROVIDER,
    &persona::PROVIDER,
    &veriff::PROVIDER,
    &stripe_identity::PROVIDER,
    &didit::PROVIDER,
    &generic::PROVIDER,
];

/// The provider called `id`.
#[must_use]
pub fn find(id: &str) -> Option<&'static Provider> {
    ALL.into_iter().find(|provider| provider.id == id)
}

/// Bytes that a holder of the secret has signed, not yet looked into. Only [`Provider::verify`] makes one.
pub struct Verified<'a> {
    provider: &'static Provider,
    body: &'a [u8],
}

impl Provider {
    /// Whether a token is its whole proof.
    #[must_use]
    pub fn is_proven_by_token(&self) -> bool {
        self.id == "generic"
    }

    /// Proves a delivery. `body` is what came, byte for byte; any one of the secrets will do, so that they can be replaced.
    ///
    /// # Errors
    /// The first thing that is wrong. Without secrets it is always [`Unproven::NoSecret`].
    pub fn verify<'a>(
        &'static self,
        secrets: &[Secret],
        headers: &HeaderMap,
        body: &'a [u8],
        now: Timestamp,
    ) -> Result<Verified<'a>, Unproven> {
        if secrets.is_empty() {
            return Err(Unproven::NoSecret);
        }
        (self.verify)(secrets, headers, body, now)?;
        Ok(Verified { provider: self, body })
    }

    /// What an event of this provider means.
    #[must_use]
    pub fn meaning(&self, event: &ProviderEvent) -> Meaning {
        (self.map)(event)
    }
}

impl Verified<'_> {
    /// What is kept of it: ids, words and times. Nothing personal survives.
    ///
    /// # Errors
    /// When it is authentic, but no JSON object.
    pub fn read(&self) -> Result<ProviderEvent, Malformed> {
        Payload::parse(self.body).map(|payload| (self.provider.read)(&payload))
    }

    /// SHA-256 of the bytes as hex: all that may be kept of them.
    #[must_use]
    pub fn sha256(&self) -> String {
        crypto::sha256_hex(self.body)
    }
}
