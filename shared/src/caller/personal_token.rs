//! Personal tokens: what somebody has made for a program of his own, and what is kept of one.

use std::{fmt, net::IpAddr};

use aws_lc_rs::{
    constant_time::verify_slices_are_equal,
    digest::{SHA256, digest},
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use compat::email::EmailAddress;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{network::Network, scope::Scope};
use crate::{
    error::Error,
    ids::{AccountId, KeyId, TokenId},
    language::Language,
    random,
    time::Timestamp,
};

/// What every personal token begins with, so that scanners for secrets in public places find it.
const PREFIX: &str = "bcpat_";

/// A personal token: `bcpat_` and the base64url of account id, token id and 256 random bits, 92 characters in all. It is told once. No
/// `Debug`, no `Display`, no `Serialize`, on purpose.
pub struct PersonalToken(Zeroizing<[u8; Self::LENGTH]>);

/// What is kept of a personal token: SHA-256 in base64url. 256 random bits need no salt. Compared in constant time.
#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TokenHash(String);

/// A personal token as it lies in the table.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TokenRecord {
    /// Names it.
    pub id: TokenId,
    /// What its owner calls it.
    pub name: String,
    /// What proves it.
    pub hash: TokenHash,
    /// The proven address of the account. An account that has another ends its tokens.
    pub email: EmailAddress,
    /// The language of letters about what is done by it: that of the account when it was made.
    pub language: Language,
    /// What may be done by it.
    pub scopes: Vec<Scope>,
    /// The only exchange keys that it is good for; none where it is good for all.
    pub key_ids: Option<Vec<KeyId>>,
    /// The only networks that it is good from; empty where it is good from everywhere.
    pub networks: Vec<Network>,
    /// Whether the account had second factors when it was made.
    pub mfa: bool,
    /// Made at.
    pub created_at: Timestamp,
    /// Worthless from here on; the table forgets it then.
    #[serde(rename = "ttl")]
    pub expires_at: Timestamp,
}

impl PersonalToken {
    const NAMES: usize = 16 + 16;
    const LENGTH: usize = Self::NAMES + 32;

    /// A new token of an account.
    ///
    /// # Errors
    /// `Internal` without randomness.
    pub fn random(account: AccountId, id: TokenId) -> Result<Self, Error> {
        let mut bytes = Zeroizing::new([0; Self::LENGTH]);
        bytes[..16].copy_from_slice(account.as_bytes());
        bytes[16..Self::NAMES].copy_from_slice(id.as_bytes());
        bytes[Self::NAMES..].copy_from_slice(&random::bytes::<32>()?);
        Ok(Self(bytes))
    }

    /// Whether a text means to be a personal token: no other credential of ours begins like this.
    #[must_use]
    pub fn is_meant(text: &str) -> bool {
        text.starts_with(PREFIX)
    }

    /// From its text; `None` for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let encoded = text.strip_prefix(PREFIX).filter(|text| text.len() == Self::LENGTH.div_ceil(3) * 4 - 2)?;
        let bytes = Zeroizing::new(BASE64_URL_SAFE_NO_PAD.decode(encoded).ok()?);
        Some(Self(Zeroizing::new(bytes.as_slice().try_into().ok()?)))
    }

    /// Whose it is, and which, if it is authentic.
    #[must_use]
    pub fn names(&self) -> (AccountId, TokenId) {
        let part = |from: usize| std::array::from_fn(|at| self.0[from + at]);
        (AccountId::from_bytes(part(0)), TokenId::from_bytes(part(16)))
    }

    /// What is kept of it.
    #[must_use]
    pub fn hash(&self) -> TokenHash {
        TokenHash(BASE64_URL_SAFE_NO_PAD.encode(digest(&SHA256, &*self.0)))
    }

    /// Gives the text up that its owner is told.
    #[must_use]
    pub fn reveal(self) -> Zeroizing<String> {
        let encoded = Zeroizing::new(BASE64_URL_SAFE_NO_PAD.encode(*self.0));
        Zeroizing::new([PREFIX, &encoded].concat())
    }
}

impl TokenRecord {
    /// Whether this is the record of a token that somebody shows, and its time is not over.
    #[must_use]
    pub fn proves(&self, shown: &PersonalToken, now: Timestamp) -> bool {
        self.hash == shown.hash() && self.expires_at > now
    }

    /// Whether it is good from an address. Where it has networks, no address is in none of them.
    #[must_use]
    pub fn is_good_from(&self, address: Option<IpAddr>) -> bool {
        let is_inside = |address| self.networks.iter().any(|network| network.has(address));
        self.networks.is_empty() || address.is_some_and(is_inside)
    }
}

impl PartialEq for TokenHash {
    fn eq(&self, other: &Self) -> bool {
        verify_slices_are_equal(self.0.as_bytes(), other.0.as_bytes()).is_ok()
    }
}

impl fmt::Debug for TokenHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenHash(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token() -> PersonalToken {
        PersonalToken::random(AccountId::from_bytes([1; 16]), TokenId::from_bytes([2; 16])).unwrap()
    }

    #[test]
    fn a_token_names_its_row_and_comes_back_from_its_text() {
        let token = token();
        let (names, hash) = (token.names(), token.hash());
        assert_eq!(names, (AccountId::from_bytes([1; 16]), TokenId::from_bytes([2; 16])));
        let text = token.reveal();
        assert_eq!(text.len(), 92);
        let again = PersonalToken::parse(&text).unwrap();
        assert!(again.names() == names && again.hash() == hash);
        assert!(super::tests::token().hash() != hash);
    }

    #[test]
    fn what_is_no_token_is_none() {
        let text = token().reveal();
        let encoded = text.strip_prefix("bcpat_").unwrap();
        for other in [
            "",
            "bcpat_",
            encoded,
            &text[..91],
            &format!("{}A", &*text),
            &text.replace("bcpat_", "BCPAT_"),
            &text.replace("bcpat_", "bcpat-"),
        ] {
            assert!(PersonalToken::parse(other).is_none(), "{other}");
        }
        // The last character holds four bits that are part of no byte: but for zeros there, it is another text.
        let last = if text.ends_with('B') { 'C' } else { 'B' };
        assert!(PersonalToken::parse(&format!("{}{last}", &text[..91])).is_none());
    }
}
