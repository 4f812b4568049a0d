//! What an account may allow a program to do in its name.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a program may do. Whatever has no scope is done by sessions alone: passwords, second factors, sessions, tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub enum Scope {
    /// To see the profile.
    #[serde(rename = "profile")]
    Profile,
    /// To list exchange keys, and what has been done with them.
    #[serde(rename = "keys:read")]
    KeysRead,
    /// To add, change, test and delete exchange keys.
    #[serde(rename = "keys:write")]
    KeysWrite,
    /// To see the secrets of exchange keys.
    #[serde(rename = "keys:decrypt")]
    KeysDecrypt,
    /// To see where the identity check stands.
    #[serde(rename = "kyc:read")]
    KycRead,
}

impl Scope {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Profile, Self::KeysRead, Self::KeysWrite, Self::KeysDecrypt, Self::KycRead];

    /// Its name: serde's, for where a text is wanted.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Profile => "profile",
            Self::KeysRead => "keys:read",
            Self::KeysWrite => "keys:write",
            Self::KeysDecrypt => "keys:decrypt",
            Self::KycRead => "kyc:read",
        }
    }

    /// The scope of a name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == name)
    }

    /// Whether thieves want it: it leads to the secrets of exchange keys, or puts others in their place.
    #[must_use]
    pub const fn is_sensitive(self) -> bool {
        match self {
            Self::KeysWrite | Self::KeysDecrypt => true,
            Self::Profile | Self::KeysRead | Self::KycRead => false,
        }
    }
}

/// What a handler wants to be allowed, as a type for its signature.
pub trait Wanted {
    /// The scope of that.
    const SCOPE: Scope;
}

/// See [`Scope::Profile`]. Never a value.
#[derive(Debug)]
pub enum Profile {}

impl Wanted for Profile {
    const SCOPE: Scope = Scope::Profile;
}

/// See [`Scope::KeysRead`]. Never a value.
#[derive(Debug)]
pub enum KeysRead {}

impl Wanted for KeysRead {
    const SCOPE: Scope = Scope::KeysRead;
}

/// See [`Scope::KeysWrite`]. Never a value.
#[derive(Debug)]
pub enum KeysWrite {}

impl Wanted for KeysWrite {
    const SCOPE: Scope = Scope::KeysWrite;
}

/// See [`Scope::KeysDecrypt`]. Never a value.
#[derive(Debug)]
pub enum KeysDecrypt {}

impl Wanted for KeysDecrypt {
    const SCOPE: Scope = Scope::KeysDecrypt;
}

/// See [`Scope::KycRead`]. Never a value.
#[derive(Debug)]
pub enum KycRead {}

impl Wanted for KycRead {
    const SCOPE: Scope = Scope::KycRead;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_scope_is_called_the_same_everywhere() {
        for scope in Scope::ALL {
            assert_eq!(serde_json::to_value(scope).unwrap(), scope.as_str());
            assert_eq!(Scope::parse(scope.as_str()), Some(scope));
        }
        for other in ["", "keys", "keys:*", "KEYS:READ", "keys:read ", "openid"] {
            assert_eq!(Scope::parse(other), None, "{other}");
        }
    }
}
