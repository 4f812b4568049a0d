//! What may be said of an address.

use std::time::Duration;

use compat::email::EmailAddress;
use shared::{link::LinkPurpose, time::Timestamp};

use super::{AddressRecord, REVIVABLE};
use crate::account::Account;

/// How long after the proof anybody may learn that an address is verified.
pub const VERIFIED_IS_PUBLIC: Duration = Duration::from_hours(24);

/// What may be said of an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddressStatus {
    /// Nothing may be said.
    Unknown,
    /// A link is out, and good until then.
    Pending(Timestamp),
    /// A link was out, and was good until then.
    Expired(Timestamp),
    /// The address was proven at that time.
    Verified(Timestamp),
}

impl AddressRecord {
    /// What a stranger may know of an address in this spelling, or the owner. `account`: the address's own.
    #[must_use]
    pub fn status(
        &self,
        email: &EmailAddress,
        account: Option<&Account>,
        is_owner: bool,
        now: Timestamp,
    ) -> AddressStatus {
        if let Some(account) =
            account.filter(|account| is_owner || (self.is_signed_up && now < account.verified_at + VERIFIED_IS_PUBLIC))
        {
            return AddressStatus::Verified(account.verified_at);
        }
        let of_spelling = self.links.to(LinkPurpose::VerifyEmail, email).map(|link| link.expires_at);
        match of_spelling.or_else(|| self.links.last_expiry(LinkPurpose::VerifyEmail)) {
            Some(expires_at) if now < expires_at => AddressStatus::Pending(expires_at),
            Some(expires_at) if now < expires_at + REVIVABLE => AddressStatus::Expired(expires_at),
            _ => AddressStatus::Unknown,
        }
    }
}
