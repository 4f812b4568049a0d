//! E-mail addresses. `EmailAddress` accepts exactly what the application before this one accepted
//! (pydantic's `EmailStr`: email-validator 2.4, idna 3.20, on Python 3.11) and has its normal form.

mod display_name;
mod domain;
mod idna2008;
mod key;
mod local;
mod unicode;

#[cfg(test)]
mod tests;

use std::fmt;

use domain::Domain;
pub use key::AddressKey;
use serde::{Deserialize, Serialize};

/// In characters, of the whole input: what is longer is refused before anything looks at it.
const MAX_INPUT: usize = 2048;

/// In octets (RFC 5321 section 4.5.3.1.3), of the address in each of its forms.
const MAX_ADDRESS: usize = 254;

/// An address in its normal form: local part NFC, domain IDNA in lower case. `Debug` hides it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct EmailAddress(String);

/// Why an address was refused: the words that follow "value is not a valid email address: ".
/// Names the rule and never repeats the input.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct InvalidEmail(&'static str);

impl EmailAddress {
    /// Parses `raw`, which may have a display name ("Ada <ada@b.co>") and spaces around it; both are dropped.
    ///
    /// # Errors
    /// The first rule of the former application that `raw` breaks.
    pub fn parse(raw: &str) -> Result<Self, InvalidEmail> {
        if raw.chars().nth(MAX_INPUT).is_some() {
            return Err(InvalidEmail("Length must not exceed 2048 characters"));
        }
        if raw.contains(['\r', '\n']) {
            return Err(InvalidEmail("Carriage return and line feed characters are not allowed"));
        }
        // A quoted local part may hold another @-sign, but those are refused.
        let address = display_name::remove(raw);
        let (local, domain) = address.split_once('@').ok_or(InvalidEmail("An email address must have an @-sign."))?;
        check_length(local, domain)?;
        let local = local::parse(local)?;
        let domain = Domain::parse(domain)?;
        check_length(&local, domain.unicode())?;
        check_length(&local, domain.ascii())?;
        Ok(Self(format!("{local}@{}", domain.unicode())))
    }

    /// The normal form, which is what is mailed and shown.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The form that mail servers take: the domain in ASCII.
    #[must_use]
    pub fn for_delivery(&self) -> String {
        let (local, domain) = self.0.split_once('@').unwrap_or((&self.0, ""));
        format!("{local}@{}", idna::domain_to_ascii(domain).as_deref().unwrap_or(domain))
    }

    /// Whether SES takes mails to it. SES knows no SMTPUTF8 (RFC 6531), so the part before the @-sign must be ASCII; and it may
    /// decode what looks like a word of MIME (RFC 2047). It takes every other form of an address that there is here, also local
    /// parts of more than 64 octets: its limit is 320 octets in all.
    #[must_use]
    pub fn is_deliverable(&self) -> bool {
        let (local, _) = self.0.split_once('@').unwrap_or((&self.0, ""));
        let is_encoded = local.split_once("=?").is_some_and(|(_, rest)| rest.contains("?="));
        local.is_ascii() && !is_encoded
    }
}

/// The limit holds for the address as given, for its normal form and for the form with an ASCII domain.
fn check_length(local: &str, domain: &str) -> Result<(), InvalidEmail> {
    if local.len() + "@".len() + domain.len() > MAX_ADDRESS {
        return Err(InvalidEmail("The email address is too long."));
    }
    Ok(())
}

impl TryFrom<String> for EmailAddress {
    type Error = InvalidEmail;

    fn try_from(raw: String) -> Result<Self, Self::Error> {
        Self::parse(&raw)
    }
}

impl fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EmailAddress(…)")
    }
}
