//! What letters an address has caused of late, as operators may see it: kinds, numbers and times, no link and no spelling.

use shared::{link::LinkPurpose, time::Timestamp};

use super::{AddressRecord, Wait, allowance::Allowances};

/// What was asked for at an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outstanding {
    /// The links that have gone out, or would have if the address were to get any, and are good for something.
    pub links: Vec<OpenLink>,
    /// Letters of sign-ups.
    pub sign_ups: Asked,
    /// Letters that set a password.
    pub passwords: Asked,
    /// Letters by which an account is to get this address.
    pub claims: Asked,
}

/// A link that is good for something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenLink {
    /// For what.
    pub purpose: LinkPurpose,
    /// Until when.
    pub expires_at: Timestamp,
}

/// Requests for letters of one kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked {
    /// How many there were within the time that counts, an hour.
    pub count: usize,
    /// Until when nobody may ask again, in some spelling of the address.
    pub wait: Wait,
}

impl AddressRecord {
    /// What counts of it.
    #[must_use]
    pub fn outstanding(&self, now: Timestamp) -> Outstanding {
        let issued = self.links.good(now).map(|link| OpenLink { purpose: link.purpose, expires_at: link.expires_at });
        let claims = self.claims.iter().filter_map(|claim| claim.good_until(now));
        let claims = claims.map(|expires_at| OpenLink { purpose: LinkPurpose::ChangeEmail, expires_at });
        let asked = |allowances: &Allowances| Asked { count: allowances.count(now), wait: allowances.wait(now) };
        Outstanding {
            links: issued.chain(claims).collect(),
            sign_ups: asked(&self.asked),
            passwords: asked(&self.forgotten),
            claims: asked(&self.claimed),
        }
    }
}
