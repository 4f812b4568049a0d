//! Passkeys: W3C Web Authentication, Level 3, as a relying party. What a browser brings is held against what was asked for; the steps of
//! sections 7.1 and 7.2 stand in [`registration`] and [`assertion`] under their numbers.
//!
//! Stricter than the text: whoever uses a passkey is verified (by PIN or body), and no page may ask from within a frame of another origin.

pub mod assertion;
pub(super) mod attestation;
pub mod authenticator_data;
pub mod base64url;
pub mod cbor;
mod client_data;
pub mod cose;
mod ed25519;
pub mod flaw;
pub mod options;
pub mod registration;
pub mod relying_party;
pub mod responses;

use super::challenge::{Ceremony, Challenge};

pub use assertion::{Asserted, StoredCredential, assert};
pub use flaw::Flaw;
pub use options::{CreationOptions, RequestOptions};
pub use registration::{NewCredential, register};
pub use relying_party::RelyingParty;
pub use responses::{AuthenticationResponse, RegistrationResponse};

/// What was asked for.
#[derive(Clone, Copy, Debug)]
pub struct ExpectedCeremony<'a> {
    /// The challenge's bytes.
    pub challenge: &'a [u8],
    /// Whether it was known before whose passkey is asked for. If not, the passkey has to say it.
    pub knows_account: bool,
}

impl<'a> ExpectedCeremony<'a> {
    /// A ceremony, and the challenge that was opened for it.
    #[must_use]
    pub fn of(ceremony: &Ceremony, challenge: &'a Challenge) -> Self {
        Self { challenge: challenge.as_bytes(), knows_account: ceremony.knows_account() }
    }
}
