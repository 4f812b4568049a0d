//! What the authenticator says (section 6.1): bytes at fixed places, then a new credential, then extensions.

use std::fmt;

use aws_lc_rs::digest::{SHA256, digest};

use super::{Flaw, cbor::Reader, relying_party::RelyingParty};

/// Bytes of the longest credential id.
const LONGEST_ID: usize = 1_023;

/// Authenticator data, taken apart to the last byte.
#[derive(Clone, Copy)]
pub struct AuthenticatorData<'a> {
    rp_id_hash: &'a [u8; 32],
    flags: u8,
    /// How often the credential has signed; 0 where nobody counts.
    pub sign_count: u32,
    /// The credential that is new.
    pub attested: Option<AttestedCredential<'a>>,
}

/// A credential that is new (section 6.5.1).
#[derive(Clone, Copy)]
pub struct AttestedCredential<'a> {
    /// Which model of authenticator it is.
    pub aaguid: Aaguid,
    /// Names it.
    pub id: &'a [u8],
    /// Its key, in COSE.
    pub public_key: &'a [u8],
}

/// A model of authenticators; zeros where none is told. Displayed as the UUID that lists of models have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Aaguid(pub [u8; 16]);

const UP: u8 = 1 << 0;
const UV: u8 = 1 << 2;
const BE: u8 = 1 << 3;
const BS: u8 = 1 << 4;
const AT: u8 = 1 << 6;
const ED: u8 = 1 << 7;

impl<'a> AuthenticatorData<'a> {
    /// Takes it apart. What the flags announce is there, and nothing else.
    ///
    /// # Errors
    /// `AuthenticatorData`, or `CredentialId` for one of a length that none has.
    pub fn read(bytes: &'a [u8]) -> Result<Self, Flaw> {
        let too_short = Flaw::AuthenticatorData;
        let (rp_id_hash, rest) = bytes.split_first_chunk().ok_or(too_short)?;
        let ([flags], rest) = rest.split_first_chunk().ok_or(too_short)?;
        let (sign_count, mut rest) = rest.split_first_chunk().ok_or(too_short)?;
        let attested = if flags & AT == 0 {
            None
        } else {
            let (attested, behind) = AttestedCredential::read(rest)?;
            rest = behind;
            Some(attested)
        };
        let mut extensions = Reader::new(rest);
        if flags & ED != 0 {
            extensions.map().map_err(|_| Flaw::AuthenticatorData)?;
        }
        extensions.end().map_err(|_| Flaw::AuthenticatorData)?;
        Ok(Self { rp_id_hash, flags: *flags, sign_count: u32::from_be_bytes(*sign_count), attested })
    }

    /// That it is for this relying party.
    ///
    /// # Errors
    /// `RpId`.
    pub fn is_for(&self, relying_party: &RelyingParty) -> Result<(), Flaw> {
        if digest(&SHA256, relying_party.id().as_bytes()).as_ref() == self.rp_id_hash {
            Ok(())
        } else {
            Err(Flaw::RpId)
        }
    }

    /// That somebody was there.
    ///
    /// # Errors
    /// `UserPresence`.
    pub const fn is_present(&self) -> Result<(), Flaw> {
        if self.flags & UP == 0 { Err(Flaw::UserPresence) } else { Ok(()) }
    }

    /// That it was somebody whom the authenticator knows: by a PIN, a finger, a face.
    ///
    /// # Errors
    /// `UserVerification`.
    pub const fn is_verified(&self) -> Result<(), Flaw> {
        if self.flags & UV == 0 { Err(Flaw::UserVerification) } else { Ok(()) }
    }

    /// That only what can be backed up is.
    ///
    /// # Errors
    /// `Flags`.
    pub const fn backs_up_what_it_can(&self) -> Result<(), Flaw> {
        if self.is_backed_up() && !self.is_backup_eligible() { Err(Flaw::Flags) } else { Ok(()) }
    }

    /// Whether the credential can be backed up: a passkey that its owner's devices share.
    #[must_use]
    pub const fn is_backup_eligible(&self) -> bool {
        self.flags & BE != 0
    }

    /// Whether it is.
    #[must_use]
    pub const fn is_backed_up(&self) -> bool {
        self.flags & BS != 0
    }
}

impl<'a> AttestedCredential<'a> {
    /// The credential, and what is behind it.
    fn read(bytes: &'a [u8]) -> Result<(Self, &'a [u8]), Flaw> {
        let too_short = Flaw::AuthenticatorData;
        let (aaguid, rest) = bytes.split_first_chunk().ok_or(too_short)?;
        let (length, rest) = rest.split_first_chunk().ok_or(too_short)?;
        let length = usize::from(u16::from_be_bytes(*length));
        let (id, rest) = rest.split_at_checked(length).ok_or(too_short)?;
        if id.is_empty() || id.len() > LONGEST_ID {
            return Err(Flaw::CredentialId);
        }
        let mut key = Reader::new(rest);
        let public_key = key.item().map_err(|_| Flaw::AuthenticatorData)?;
        Ok((Self { aaguid: Aaguid(*aaguid), id, public_key }, key.rest()))
    }
}

impl fmt::Display for Aaguid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, byte) in self.0.iter().enumerate() {
            if matches!(at, 4 | 6 | 8 | 10) {
                f.write_str("-")?;
            }
            write!(f, "{byte:02x}")?;
        }
        Ok(())
    }
}
