//! What this function holds besides the common state.

use std::sync::Arc;

use aws_config::SdkConfig;
use axum::extract::FromRef;
use shared::{
    app::App,
    error::Error,
    seal::{Envelopes, Seal},
    start::warm_up,
};
use tokio::sync::OnceCell;

use crate::{config::VaultConfig, exchange_client::ExchangeClient, vault_key::VaultKey};

/// The state of `api-keys`. Cloning shares it.
#[derive(Clone)]
pub struct Vault {
    pub(crate) app: App,
    pub(crate) config: Arc<VaultConfig>,
    pub(crate) envelopes: Envelopes,
    pub(crate) client: ExchangeClient,
    seal: Seal,
    key: Arc<OnceCell<VaultKey>>,
}

impl Vault {
    /// Over the AWS that `aws` points to. Opens nothing yet.
    #[must_use]
    pub fn new(app: App, config: VaultConfig, aws: &SdkConfig) -> Self {
        let seal = Seal::new(aws, &config.kms_key_id);
        let envelopes = Envelopes::new(aws, &config.kms_key_id, app.config.stage);
        let client = ExchangeClient::new(config.exchange_proxy.as_deref());
        Self { app, config: Arc::new(config), envelopes, client, seal, key: Arc::default() }
    }

    /// Opens the vault's own key and the connections.
    pub async fn warm_up(&self) {
        tokio::join!(warm_up("the vault's key", self.key()), self.app.warm_up());
    }

    /// The vault's own key, opened once.
    pub(crate) async fn key(&self) -> Result<&VaultKey, Error> {
        // Boxed: it runs once, and every request's future would carry its size.
        self.key.get_or_try_init(|| Box::pin(VaultKey::open(&self.app.store, &self.seal))).await
    }
}

impl FromRef<Vault> for App {
    fn from_ref(vault: &Vault) -> Self {
        vault.app.clone()
    }
}
