//! The credentials of one exchange account.

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// What a secret is: a shared key, or the private half of a pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum KeyType {
    /// A shared key for HMAC.
    Hmac,
    /// A private Ed25519 key.
    Ed25519,
    /// A private RSA key.
    Rsa,
    /// A private P-256 key.
    Es256,
    /// The private key of an agent wallet.
    Agent,
}

impl KeyType {
    /// Its name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Hmac => "hmac",
            Self::Ed25519 => "ed25519",
            Self::Rsa => "rsa",
            Self::Es256 => "es256",
            Self::Agent => "agent",
        }
    }
}

/// Credentials in the clear. No `Debug`, no `Clone`, no `Serialize`, on purpose; wiped when dropped.
pub struct Credentials {
    /// What the secret is.
    pub key_type: KeyType,
    /// The name of the key. Shown masked.
    pub api_key: Zeroizing<String>,
    /// The secret: text, base64, hex or PEM, as the exchange gives it out.
    pub secret: Zeroizing<String>,
    /// Chosen by the user, where the exchange has one.
    pub passphrase: Option<Zeroizing<String>>,
    /// The master address of an agent wallet. Not secret.
    pub wallet_address: Option<String>,
}

impl Credentials {
    /// The passphrase; empty where there is none.
    #[must_use]
    pub fn passphrase(&self) -> &str {
        self.passphrase.as_ref().map_or("", |passphrase| passphrase.as_str())
    }
}
