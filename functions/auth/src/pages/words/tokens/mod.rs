//! What the account page says of personal tokens.

pub(super) mod de;
pub(super) mod en;
pub(super) mod es;
pub(super) mod fr;
pub(super) mod ja;
pub(super) mod pt;
pub(super) mod zh;

use serde::Serialize;
use shared::caller::scope::Scope;

use super::{Counted, Timed};

/// Personal tokens, on the account page.
pub struct TokensPage {
    /// Above all of it.
    pub title: &'static str,
    /// What a token is.
    pub intro: &'static str,
    /// Above a new one.
    pub new_token: &'static str,
    /// What to do with it.
    pub new_hint: &'static str,
    /// On the button that copies it.
    pub copy: &'static str,
    /// On the button that has it gone from the page.
    pub kept: &'static str,
    /// The field for a name.
    pub name: &'static str,
    /// Above what a token may do.
    pub scopes: &'static str,
    /// Above the exchange keys to choose from.
    pub keys: &'static str,
    /// What it means to choose none.
    pub keys_hint: &'static str,
    /// The field for networks.
    pub networks: &'static str,
    /// How they are written, and when they are needed.
    pub networks_hint: &'static str,
    /// The choice of how long a token is good.
    pub days: &'static str,
    /// On the button that makes one.
    pub make: &'static str,
    /// Beside the box that keeps tokens where the password changes.
    pub keep: &'static str,
    /// What its script says.
    pub says: TokensSay,
}

/// What the script says of personal tokens.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TokensSay {
    /// There are none.
    pub none: &'static str,
    /// Nothing is ticked that a token may do.
    pub no_scope: &'static str,
    /// What was typed are no networks.
    pub bad_networks: &'static str,
    /// What a token may do that needs networks and an end.
    pub needs_networks: &'static str,
    /// The vault is shut.
    pub frozen: &'static str,
    /// There are as many as there may be.
    pub too_many: &'static str,
    /// Until when a token is good.
    pub expires: Timed,
    /// Before its networks.
    pub from: &'static str,
    /// How many exchange keys it is good for.
    pub some_keys: Counted,
    /// On the button that ends one.
    pub end: &'static str,
    /// It has ended.
    pub ended: &'static str,
    /// It is copied.
    pub copied: &'static str,
    /// It is not: the browser does not allow it.
    pub not_copied: &'static str,
    /// What a token may do.
    pub scopes: Scopes,
}

/// What a token may do, by the names of [`Scope`].
#[derive(Serialize)]
pub struct Scopes {
    #[serde(rename = "profile")]
    pub profile: &'static str,
    #[serde(rename = "keys:read")]
    pub keys_read: &'static str,
    #[serde(rename = "keys:write")]
    pub keys_write: &'static str,
    #[serde(rename = "keys:decrypt")]
    pub keys_decrypt: &'static str,
    #[serde(rename = "kyc:read")]
    pub kyc_read: &'static str,
}

impl Scopes {
    /// What somebody may do with a scope.
    #[must_use]
    pub const fn of(&self, scope: Scope) -> &'static str {
        match scope {
            Scope::Profile => self.profile,
            Scope::KeysRead => self.keys_read,
            Scope::KeysWrite => self.keys_write,
            Scope::KeysDecrypt => self.keys_decrypt,
            Scope::KycRead => self.kyc_read,
        }
    }
}
