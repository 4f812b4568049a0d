//! A key in the clear.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};
use zeroize::Zeroizing;

use crate::{
    exchanges::{Credentials, KeyType},
    sealing::Revealed,
};

/// A key in the clear.
#[derive(Serialize, JsonSchema)]
pub struct DecryptedApiKeyResponse {
    /// Always true: what cannot be shown is refused.
    success: bool,
    /// What has happened, in English.
    message: &'static str,
    /// The credentials.
    data: ClearKey,
}

/// The credentials in the clear, wiped when the answer has been written.
#[derive(Serialize, JsonSchema)]
#[schemars(inline, extend("additionalProperties" = true, "examples" = [in_the_clear()]))]
struct ClearKey {
    /// The name of the key; of an agent wallet, its address.
    #[schemars(with = "String")]
    api_key: Zeroizing<String>,
    /// The secret, or the private key.
    #[schemars(with = "String")]
    secret: Zeroizing<String>,
    /// The passphrase, where the exchange has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    passphrase: Option<Zeroizing<String>>,
    /// What the secret is.
    key_type: KeyType,
    /// The address of the master wallet, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    wallet_address: Option<String>,
}

fn in_the_clear() -> Value {
    json!({ "api_key": "...", "secret": "..." })
}

impl DecryptedApiKeyResponse {
    /// The credentials, given up.
    #[must_use]
    pub fn new(revealed: Revealed) -> Self {
        let Credentials { key_type, api_key, secret, passphrase, wallet_address } = revealed.give_up();
        Self::of(ClearKey { api_key, secret, passphrase, key_type, wallet_address })
    }

    const fn of(data: ClearKey) -> Self {
        Self { success: true, message: "API key decrypted", data }
    }

    /// For the document.
    #[must_use]
    pub fn example() -> Self {
        let dots = || Zeroizing::new("...".to_owned());
        Self::of(ClearKey {
            api_key: dots(),
            secret: dots(),
            passphrase: None,
            key_type: KeyType::Hmac,
            wallet_address: None,
        })
    }
}
