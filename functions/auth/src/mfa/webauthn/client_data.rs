//! What the browser says that it was asked, by whom (section 5.8.1). The authenticator has signed its hash.

use std::borrow::Cow;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use serde::{Deserialize, de::IgnoredAny};

use super::{Flaw, base64url::Binary, relying_party::RelyingParty};

/// What UTF-8 may begin with, and says nothing.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// The members that are looked at; each may be there once.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ClientData<'a> {
    #[serde(borrow, rename = "type")]
    kind: Cow<'a, str>,
    #[serde(borrow)]
    challenge: Cow<'a, str>,
    #[serde(borrow)]
    origin: Cow<'a, str>,
    cross_origin: Option<bool>,
    top_origin: Option<IgnoredAny>,
}

impl<'a> ClientData<'a> {
    /// From its JSON.
    pub fn read(json: &'a [u8]) -> Result<Self, Flaw> {
        let json = json.strip_prefix(BYTE_ORDER_MARK).unwrap_or(json);
        serde_json::from_slice(json).map_err(|_| Flaw::ClientData)
    }

    /// Which ceremony it was: `webauthn.create` or `webauthn.get`.
    pub fn is_of(&self, kind: &str) -> Result<(), Flaw> {
        if self.kind == kind { Ok(()) } else { Err(Flaw::Type) }
    }

    /// The bytes of the challenge that it answers.
    pub fn challenge(&self) -> Result<Binary, Flaw> {
        Binary::decode(&self.challenge).ok_or(Flaw::Challenge)
    }

    /// That it answers this one.
    pub fn answers(&self, challenge: &[u8]) -> Result<(), Flaw> {
        verify_slices_are_equal(&self.challenge()?.0, challenge).map_err(|_| Flaw::Challenge)
    }

    /// That a page of the relying party asked. Origins are compared as they are: one that ends like ours, or begins like it, is not ours.
    pub fn is_from(&self, relying_party: &RelyingParty) -> Result<(), Flaw> {
        if relying_party.origins().iter().any(|origin| *origin == self.origin) { Ok(()) } else { Err(Flaw::Origin) }
    }

    /// That the page was not within a frame of another origin.
    pub fn is_not_framed(&self) -> Result<(), Flaw> {
        if self.cross_origin == Some(true) { Err(Flaw::CrossOrigin) } else { Ok(()) }
    }

    /// That no other page is named within which it was.
    pub fn names_no_other_page(&self) -> Result<(), Flaw> {
        if self.top_origin.is_some() { Err(Flaw::CrossOrigin) } else { Ok(()) }
    }
}
