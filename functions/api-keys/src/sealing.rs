//! Credentials on their way into a record and out of it. Only here may they be written out.

use serde::{Deserialize, Serialize};
use shared::{
    caller::Confirmed,
    error::Error,
    ids::{AccountId, KeyId},
    seal::{Binding, Envelope, RecordVersion},
};
use zeroize::Zeroizing;

use crate::{
    access::Access,
    exchanges::{CredentialIdentity, Credentials, Exchange, KeyType, Unsignable},
    record::{KeyRecord, SealedCredentials, masked},
    state::Vault,
};

/// The content of an envelope.
#[derive(Serialize)]
struct SealedContent<'a> {
    api_key: &'a str,
    secret: &'a str,
    passphrase: Option<&'a str>,
    key_type: KeyType,
    wallet_address: Option<&'a str>,
}

/// The content of an envelope that was opened.
#[derive(Deserialize)]
struct OpenedCredentials {
    api_key: Zeroizing<String>,
    secret: Zeroizing<String>,
    passphrase: Option<Zeroizing<String>>,
    key_type: KeyType,
    wallet_address: Option<String>,
}

/// Credentials that may be shown: they were opened for somebody who is confirmed.
pub struct Revealed(Credentials);

impl Revealed {
    /// The credentials, to be written out.
    pub fn give_up(self) -> Credentials {
        self.0
    }
}

impl Vault {
    /// Credentials that somebody who is confirmed has brought, sealed for their record: one call to KMS.
    ///
    /// # Errors
    /// `Unavailable`, `Internal`.
    pub(crate) async fn seal(
        &self,
        _: &Confirmed,
        binding: &Binding<'_>,
        exchange: &Exchange,
        credentials: &Credentials,
    ) -> Result<SealedCredentials, Error> {
        let RecordVersion { account, key, version: secret_version } = binding.record;
        let envelope = self.enclose(binding, credentials).await?;
        let own = self.key().await?;
        let identity = identity(exchange, credentials)?;
        Ok(SealedCredentials {
            secret_version,
            envelope,
            sealed_name: own.seal_name(account, key, &credentials.api_key)?,
            masked: masked(&credentials.api_key),
            key_type: credentials.key_type,
            wallet_address: credentials.wallet_address.clone(),
            fingerprint: own.fingerprint(&identity),
            tags: own.tags(account, key, &identity),
        })
    }

    async fn enclose(&self, binding: &Binding<'_>, credentials: &Credentials) -> Result<Envelope, Error> {
        let content = SealedContent {
            api_key: &credentials.api_key,
            secret: &credentials.secret,
            passphrase: credentials.passphrase.as_ref().map(|passphrase| passphrase.as_str()),
            key_type: credentials.key_type,
            wallet_address: credentials.wallet_address.as_deref(),
        };
        // Growing would leave copies behind; JSON at most doubles what credentials are made of.
        let room = 2 * (content.api_key.len() + content.secret.len() + credentials.passphrase().len()) + 512;
        let mut plaintext = Zeroizing::new(Vec::with_capacity(room));
        serde_json::to_writer(&mut *plaintext, &content).map_err(|_| Error::internal("credentials without a form"))?;
        self.envelopes.seal(binding, &plaintext).await
    }

    /// Opens a key, to show it to whoever is confirmed: one call to KMS.
    ///
    /// # Errors
    /// `Unavailable`; `Internal` when the record is not what was sealed.
    pub(crate) async fn reveal(
        &self,
        confirmed: &Confirmed,
        key: KeyId,
        record: &KeyRecord,
    ) -> Result<Revealed, Error> {
        self.open(confirmed.account_id(), key, record).await.map(Revealed)
    }

    /// Opens a key for a test, which needs no proof of late and of which its exchange alone hears: one call to KMS.
    ///
    /// # Errors
    /// `Unavailable`; `Internal` when the record is not what was sealed.
    pub(crate) async fn open_to_test(&self, access: &Access, record: &KeyRecord) -> Result<Credentials, Error> {
        self.open(access.account_id(), access.key, record).await
    }

    async fn open(&self, account: AccountId, key: KeyId, record: &KeyRecord) -> Result<Credentials, Error> {
        let binding = record.binding(account, key);
        let plaintext = self.envelopes.open(&binding, &record.sealed.envelope).await?;
        let opened: OpenedCredentials =
            serde_json::from_slice(&plaintext).map_err(|_| Error::internal("sealed credentials are malformed"))?;
        let OpenedCredentials { api_key, secret, passphrase, key_type, wallet_address } = opened;
        Ok(Credentials { key_type, api_key, secret, passphrase, wallet_address })
    }
}

/// What credentials are that have been checked.
///
/// # Errors
/// `Internal`: the checks let something pass that is no key.
pub fn identity(exchange: &Exchange, credentials: &Credentials) -> Result<CredentialIdentity, Error> {
    exchange.identity(credentials).map_err(|Unsignable| Error::internal("credentials that are no key"))
}
