//! Mailed links. Nothing stored suffices to make one: its secret half is derived under a key that only KMS can unwrap.

use std::time::Duration;

use aws_lc_rs::hmac;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use compat::email::AddressKey;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::{
    error::Error,
    ids::{FactorId, LinkId},
    rotation::{SKEW, SecretVersion, not_replaced},
    seal::key_256,
    time::Timestamp,
};

/// No link lives longer.
pub const LONGEST_LIFE: Duration = Duration::from_hours(7 * 24);

/// What a link may be redeemed for. A link made for one purpose is worthless for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LinkPurpose {
    /// Prove an address.
    VerifyEmail,
    /// Choose a password.
    SetPassword,
    /// Prove the address that an account is to have from now on.
    ChangeEmail,
    /// Say of something that a letter told of that it was not the owner of the account.
    NotMe,
    /// Keep an account that is to be deleted.
    KeepAccount,
}

impl LinkPurpose {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::VerifyEmail, Self::SetPassword, Self::ChangeEmail, Self::NotMe, Self::KeepAccount];

    const fn tag(self) -> &'static [u8] {
        match self {
            Self::VerifyEmail => b"verify-email\0",
            Self::SetPassword => b"set-password\0",
            Self::ChangeEmail => b"change-email\0",
            Self::NotMe => b"not-me\0",
            Self::KeepAccount => b"keep-account\0",
        }
    }
}

/// The key under which links are derived, shared by `auth` (redeems) and `mail` (writes). 32 bytes.
pub struct LinkKey(hmac::Key);

/// The sealed keys as `mail` finds them in its own table: by age, the one in use and those to come. Who replaces the key writes them
/// anew; before that, `auth` has laid them there.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct LinkKeys {
    /// The keys.
    pub keys: Vec<SecretVersion>,
}

/// Mailed once. No `Debug`, no `Display`, no `Serialize`, on purpose.
pub struct LinkToken(Zeroizing<String>);

impl LinkToken {
    /// Gives the text up, to be put into the link.
    #[must_use]
    pub fn reveal(self) -> Zeroizing<String> {
        self.0
    }
}

const ADDRESS: usize = 32;
const ID: usize = 16;
const TAG: usize = 32;
/// Of links that disown a second factor.
const NOT_MY_FACTOR: &[u8] = b"not-my-factor\0";

impl LinkKeys {
    /// Those of all the keys, by age, that `mail` needs, whose clock may be behind.
    #[must_use]
    pub fn of(by_age: Vec<&SecretVersion>, now: Timestamp) -> Self {
        Self { keys: not_replaced(by_age, now - SKEW).into_iter().cloned().collect() }
    }
}

impl LinkKey {
    /// From the unwrapped key.
    #[must_use]
    pub fn new(key: &[u8; 32]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, key))
    }

    /// A link key from what KMS has opened.
    ///
    /// # Errors
    /// `Internal` when it has another length.
    pub fn read(key: &[u8]) -> Result<Self, Error> {
        Ok(Self::new(&*key_256(key)?))
    }

    /// A key of its own for another use, which says nothing of this one. `label` is no beginning of what links are derived from.
    #[must_use]
    pub fn derived(&self, label: &[u8]) -> hmac::Key {
        hmac::Key::new(hmac::HMAC_SHA256, hmac::sign(&self.0, label).as_ref())
    }

    /// The token of link `id` to the address `to`: base64url of address key, link id and HMAC-SHA-256 over purpose and both.
    #[must_use]
    pub fn token(&self, purpose: LinkPurpose, to: &AddressKey, id: &LinkId) -> LinkToken {
        self.tagged(purpose.tag(), &[&to.as_bytes()[..], id.as_bytes()].concat())
    }

    /// The token of a link that says of a second factor besides that it is not the owner's: the factor's id stands behind the link's.
    #[must_use]
    pub fn token_of_factor(&self, to: &AddressKey, id: &LinkId, factor: &FactorId) -> LinkToken {
        self.tagged(NOT_MY_FACTOR, &[&to.as_bytes()[..], id.as_bytes(), factor.as_bytes()].concat())
    }

    fn tagged(&self, tag: &[u8], named: &[u8]) -> LinkToken {
        let tag = hmac::sign(&self.0, &[tag, named].concat());
        LinkToken(Zeroizing::new(BASE64_URL_SAFE_NO_PAD.encode([named, tag.as_ref()].concat())))
    }

    /// Which address and link an authentic token names; `None` for any other text. Compares in constant time.
    #[must_use]
    pub fn open(&self, purpose: LinkPurpose, token: &str) -> Option<(AddressKey, LinkId)> {
        let named: [u8; ADDRESS + ID] = self.named(purpose.tag(), token)?;
        let (address, id) = named.split_at(ADDRESS);
        Some((AddressKey::from_bytes(address.try_into().ok()?), LinkId::from_bytes(id.try_into().ok()?)))
    }

    /// Which address, link and factor an authentic token of [`LinkKey::token_of_factor`] names; `None` for any other text.
    #[must_use]
    pub fn open_of_factor(&self, token: &str) -> Option<(AddressKey, LinkId, FactorId)> {
        let named: [u8; ADDRESS + ID + ID] = self.named(NOT_MY_FACTOR, token)?;
        let (address, ids) = named.split_at(ADDRESS);
        let (id, factor) = ids.split_at(ID);
        let (id, factor) = (LinkId::from_bytes(id.try_into().ok()?), FactorId::from_bytes(factor.try_into().ok()?));
        Some((AddressKey::from_bytes(address.try_into().ok()?), id, factor))
    }

    fn named<const NAMED: usize>(&self, tag: &[u8], token: &str) -> Option<[u8; NAMED]> {
        // Nothing of another length is worth decoding.
        if token.len() != ((NAMED + TAG) * 4).div_ceil(3) {
            return None;
        }
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(token).ok()?;
        let (named, proof) = bytes.split_at_checked(NAMED)?;
        hmac::verify(&self.0, &[tag, named].concat(), proof).ok()?;
        named.try_into().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts() -> (LinkKey, AddressKey, LinkId) {
        (LinkKey::new(&[3; 32]), AddressKey::from_bytes([1; 32]), LinkId::from_bytes([2; 16]))
    }

    fn of_factor() -> (String, FactorId) {
        let ((key, to, id), factor) = (parts(), FactorId::from_bytes([5; 16]));
        (key.token_of_factor(&to, &id, &factor).reveal().to_string(), factor)
    }

    /// The token with one character changed, each in its turn.
    fn with_one_changed(token: &str) -> impl Iterator<Item = (usize, String)> {
        (0..token.len()).map(|at| {
            let mut forged = token.as_bytes().to_vec();
            forged[at] = if forged[at] == b'A' { b'B' } else { b'A' };
            (at, String::from_utf8(forged).unwrap())
        })
    }

    #[test]
    fn a_token_opens_for_its_purpose_and_key_only() {
        let (key, to, id) = parts();
        for purpose in LinkPurpose::ALL {
            let token = key.token(purpose, &to, &id).reveal();
            for other in LinkPurpose::ALL {
                assert!(key.open(other, &token) == (other == purpose).then_some((to, id)), "{purpose:?}, {other:?}");
            }
            assert!(LinkKey::new(&[4; 32]).open(purpose, &token).is_none());
        }
    }

    #[test]
    fn no_changed_character_survives() {
        let (key, to, id) = parts();
        let token = key.token(LinkPurpose::SetPassword, &to, &id).reveal();
        for (at, forged) in with_one_changed(&token) {
            assert!(key.open(LinkPurpose::SetPassword, &forged).is_none(), "character {at}");
        }
        assert!(key.open(LinkPurpose::SetPassword, "").is_none());
        assert!(key.open(LinkPurpose::SetPassword, &format!("{}AA", *token)).is_none());
    }

    #[test]
    fn a_token_of_a_factor_opens_to_that_factor_and_under_its_key_only() {
        let ((key, to, id), (token, factor)) = (parts(), of_factor());
        assert!(key.open_of_factor(&token) == Some((to, id, factor)));
        assert!(LinkKey::new(&[4; 32]).open_of_factor(&token).is_none());
        for (at, forged) in with_one_changed(&token) {
            assert!(key.open_of_factor(&forged).is_none(), "character {at}");
        }
        for wrong in [String::new(), format!("{token}AA"), token[..token.len() - 2].to_owned()] {
            assert!(key.open_of_factor(&wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn a_link_that_names_a_factor_is_no_other_link_and_no_other_is_one_that_names_a_factor() {
        let ((key, to, id), (token, factor)) = (parts(), of_factor());
        for purpose in LinkPurpose::ALL {
            assert!(key.open(purpose, &token).is_none(), "{purpose:?}");
            assert!(key.open_of_factor(&key.token(purpose, &to, &id).reveal()).is_none(), "{purpose:?}");
            // A proof of one purpose is none of another, however long what it is about.
            let named = [&to.as_bytes()[..], id.as_bytes(), factor.as_bytes()].concat();
            assert!(key.open_of_factor(&key.tagged(purpose.tag(), &named).reveal()).is_none(), "{purpose:?}");
            let named = [&to.as_bytes()[..], id.as_bytes()].concat();
            assert!(key.open(purpose, &key.tagged(NOT_MY_FACTOR, &named).reveal()).is_none(), "{purpose:?}");
        }
    }
}
