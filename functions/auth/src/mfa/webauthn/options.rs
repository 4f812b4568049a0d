//! The JSON that browsers take (`parseCreationOptionsFromJSON`, `parseRequestOptionsFromJSON`): sections 5.1.9 and 5.1.10.

use aws_lc_rs::digest::{SHA256, digest};
use compat::json::Json;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use shared::{ids::AccountId, tables::Hash};

use super::{RelyingParty, base64url::Binary, cose::Algorithm};
use crate::mfa::challenge::{self, Challenge};

/// The one type of credentials.
pub(super) const PUBLIC_KEY: &str = "public-key";
/// How long browsers should wait. Milliseconds.
const TIMEOUT: u64 = challenge::LIFE.as_secs() * 1_000;

/// Names a credential: 1 to 1,023 bytes that its authenticator has chosen, base64url in JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct CredentialId(Binary);

/// How an authenticator can be reached (section 5.8.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Transport {
    /// Over USB.
    Usb,
    /// Over NFC.
    Nfc,
    /// Over Bluetooth.
    Ble,
    /// As a smart card.
    SmartCard,
    /// By a phone beside the computer.
    Hybrid,
    /// It is part of the device.
    Internal,
}

/// A credential as options name it.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Descriptor {
    /// Names it.
    pub id: CredentialId,
    /// How it can be reached.
    pub transports: Vec<Transport>,
    /// Always `public-key`.
    #[serde(rename = "type")]
    kind: &'static str,
}

/// `PublicKeyCredentialCreationOptionsJSON`: asks a browser to make a passkey.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CreationOptions {
    /// Who asks.
    rp: Entity,
    /// For whom.
    user: User,
    /// What has to be signed.
    challenge: Binary,
    /// The algorithms that will do, the best-liked first.
    pub_key_cred_params: Vec<Parameters>,
    /// Milliseconds.
    #[schemars(with = "i64")]
    timeout: u64,
    /// What the account has already.
    exclude_credentials: Vec<Descriptor>,
    /// Which authenticators will do.
    authenticator_selection: Selection,
    /// What is to be said of the authenticator: nothing (`none`).
    attestation: &'static str,
}

/// `PublicKeyCredentialRequestOptionsJSON`: asks a browser to use a passkey.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RequestOptions {
    /// What has to be signed.
    challenge: Binary,
    /// Milliseconds.
    #[schemars(with = "i64")]
    timeout: u64,
    /// Who asks.
    rp_id: String,
    /// Which ones will do; any of this relying party where there are none.
    allow_credentials: Vec<Descriptor>,
    /// Whether its owner has to prove to be who they are: always `required`.
    user_verification: &'static str,
}

/// The relying party, as browsers show it.
#[derive(Debug, Serialize, JsonSchema)]
struct Entity {
    /// The domain that the passkey will belong to.
    id: String,
    /// The product's name.
    name: String,
}

/// The account, as browsers show it.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct User {
    /// Names the account: 16 bytes in base64url.
    id: Binary,
    /// Its address.
    name: String,
    /// Its address as well: no name of a person is given away.
    display_name: String,
}

/// An algorithm.
#[derive(Debug, Serialize, JsonSchema)]
struct Parameters {
    /// Always `public-key`.
    #[serde(rename = "type")]
    kind: &'static str,
    /// Its number among those of COSE.
    alg: Algorithm,
}

/// Which authenticators will do.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Selection {
    /// Whether it keeps the passkey, so that nobody has to be named: always `required`.
    resident_key: &'static str,
    /// For browsers that know Level 1 alone.
    require_resident_key: bool,
    /// Whether its owner has to prove to be who they are: always `required`.
    user_verification: &'static str,
}

impl CredentialId {
    /// Of these bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(Binary(bytes.to_vec()))
    }

    /// Its bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0.0
    }

    /// As part of a row's key: its SHA-256, for an id may be longer than a key.
    #[must_use]
    pub fn hash(&self) -> Hash {
        Hash::of(&digest(&SHA256, self.as_bytes()))
    }
}

impl Descriptor {
    /// A credential, and how it can be reached.
    #[must_use]
    pub const fn new(id: CredentialId, transports: Vec<Transport>) -> Self {
        Self { id, transports, kind: PUBLIC_KEY }
    }
}

impl CreationOptions {
    /// Asks for a passkey of an account, which people know by `address`, with a service that they know as `product`.
    #[must_use]
    pub fn new(
        relying_party: &RelyingParty,
        product: &str,
        (account, address): (AccountId, &str),
        challenge: Challenge,
        exclude_credentials: Vec<Descriptor>,
    ) -> Self {
        Self {
            rp: Entity { id: relying_party.id().to_owned(), name: product.to_owned() },
            user: User {
                id: Binary(account.as_bytes().to_vec()),
                name: address.to_owned(),
                display_name: address.to_owned(),
            },
            challenge: challenge.into_binary(),
            pub_key_cred_params: Algorithm::OFFERED.map(|alg| Parameters { kind: PUBLIC_KEY, alg }).into(),
            timeout: TIMEOUT,
            exclude_credentials,
            authenticator_selection: Selection::REQUIRED,
            attestation: "none",
        }
    }
}

impl RequestOptions {
    /// Asks for one of these passkeys; where there are none named, for any.
    #[must_use]
    pub fn new(relying_party: &RelyingParty, challenge: Challenge, allow_credentials: Vec<Descriptor>) -> Self {
        Self {
            challenge: challenge.into_binary(),
            timeout: TIMEOUT,
            rp_id: relying_party.id().to_owned(),
            allow_credentials,
            user_verification: "required",
        }
    }
}

impl Transport {
    /// By its name; `None` for ways that are not known.
    pub(super) fn read(name: &Json) -> Option<Self> {
        serde_json::from_value(name.as_str()?.into()).ok()
    }
}

impl Selection {
    const REQUIRED: Self = Self { resident_key: "required", require_resident_key: true, user_verification: "required" };
}

impl CreationOptions {
    /// For the document.
    #[must_use]
    pub fn example() -> Self {
        Self {
            rp: Entity { id: "app.example.com".to_owned(), name: "BitCain".to_owned() },
            user: User {
                id: Binary(vec![7; 16]),
                name: "ada@example.com".to_owned(),
                display_name: "ada@example.com".to_owned(),
            },
            challenge: Binary(vec![3; 32]),
            pub_key_cred_params: Algorithm::OFFERED.map(|alg| Parameters { kind: PUBLIC_KEY, alg }).into(),
            timeout: TIMEOUT,
            exclude_credentials: Vec::new(),
            authenticator_selection: Selection::REQUIRED,
            attestation: "none",
        }
    }
}

impl RequestOptions {
    /// For the document.
    #[must_use]
    pub fn example() -> Self {
        Self {
            challenge: Binary(vec![3; 32]),
            timeout: TIMEOUT,
            rp_id: "app.example.com".to_owned(),
            allow_credentials: Vec::new(),
            user_verification: "required",
        }
    }
}
