//! The secrets of the service: made on first start, sealed by KMS, opened by every instance. Successors are made by operators, and used
//! from the moment that their rows name.

pub mod account_key;
pub mod import_keys;
pub mod links;
pub mod pepper;
mod published;
pub mod signing;
mod stored;

use shared::{
    caller::token::Verifier,
    error::Error,
    link::LinkKey,
    rotation::{self, Opened, open_all},
    seal::{Seal, SecretPurpose, key_256},
    store::Store,
    time::Timestamp,
};

use self::{
    account_key::AccountKey,
    import_keys::ImportKeys,
    links::Links,
    pepper::Peppers,
    published::publish,
    signing::{Signer, SigningKey},
    stored::stored,
};

/// The opened secrets.
pub struct Secrets {
    pub(crate) peppers: Peppers,
    pub(crate) links: Links,
    pub(crate) signer: Signer,
    /// By age.
    pub(crate) account_keys: Vec<Opened<AccountKey>>,
    pub(crate) import_keys: ImportKeys,
}

/// Where the secrets are.
pub struct Source<'a> {
    pub(crate) store: &'a Store,
    pub(crate) seal: &'a Seal,
    /// Knows the published keys.
    pub(crate) tokens: &'a Verifier,
    /// By and for whom tokens are issued.
    pub(crate) url: &'a str,
}

impl Secrets {
    /// Opens the secrets, after making those that are missing. What is `known` and has not changed is not opened again.
    ///
    /// # Errors
    /// `Unavailable` when DynamoDB or KMS is; `Internal` when a secret does not open.
    pub async fn open(source: &Source<'_>, known: Option<&Self>, now: Timestamp) -> Result<Self, Error> {
        let Source { store, seal, tokens, url } = *source;
        // At once, for an instance starts with this.
        let (stored, published) = tokio::join!(stored(store, seal), tokens.load(now));
        let stored = stored?;
        let (peppers, mut link_keys, signing_keys, mut account_keys) = (
            rotation::of(SecretPurpose::Pepper, &stored),
            rotation::of(SecretPurpose::LinkKey, &stored),
            rotation::not_replaced(rotation::of(SecretPurpose::SigningKey, &stored), now),
            rotation::of(SecretPurpose::AccountKey, &stored),
        );
        let known_import_keys = known.map(|known| known.import_keys.clone()).unwrap_or_default();
        link_keys.retain(|key| !key.has_ended(now));
        account_keys.retain(|key| !key.has_ended(now));
        let (peppers, links, keys, account_keys, import_keys) = tokio::try_join!(
            open_all(seal, &peppers, known.map_or(&[], |known| known.peppers.by_age()), key_256),
            open_all(seal, &link_keys, known.map_or(&[], |known| known.links.keys()), LinkKey::read),
            open_all(seal, &signing_keys, known.map_or(&[], |known| known.signer.keys()), SigningKey::new),
            open_all(seal, &account_keys, known.map_or(&[], |known| &known.account_keys), AccountKey::read),
            ImportKeys::open(seal, &stored, &known_import_keys),
        )?;
        let published = match published {
            Ok(()) => publish(store, tokens, &keys, link_keys, known.is_none(), now).await,
            failed => failed,
        };
        if let Err(error) = published {
            if known.is_none() {
                return Err(error);
            }
            // It has been there since this instance started, and will be looked after again.
            tracing::warn!(?error, "what others need of the secrets is not looked after");
        }
        let (peppers, links, signer) = (Peppers::new(peppers), Links::new(links), Signer::new(keys, url));
        Ok(Self { peppers, links, signer, account_keys, import_keys })
    }
}
