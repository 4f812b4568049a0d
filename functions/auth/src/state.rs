//! What this function holds besides the common state.

use std::sync::Arc;

use aws_config::SdkConfig;
use axum::extract::FromRef;
use shared::{
    app::{App, WARM_UP},
    config::AuthConfig,
    error::Error,
    seal::Seal,
};
use tokio::sync::OnceCell;

use crate::{secrets::Secrets, ui::Pages};

/// The state of `auth`. Cloning shares it.
#[derive(Clone)]
pub struct Auth {
    pub(crate) app: App,
    pub(crate) config: Arc<AuthConfig>,
    pub(crate) pages: Arc<Pages>,
    seal: Seal,
    secrets: Arc<OnceCell<Secrets>>,
}

impl Auth {
    /// Over the AWS that `aws` points to. Opens nothing yet.
    #[must_use]
    pub fn new(app: App, config: AuthConfig, aws: &SdkConfig) -> Self {
        let seal = Seal::new(aws, &config.kms_key_id);
        let pages = Arc::new(Pages::new(&config.product));
        Self { app, config: Arc::new(config), pages, seal, secrets: Arc::default() }
    }

    /// Opens the secrets and the connections in init, where CPU is cheap. A failure is not fatal: the next request tries again,
    /// and until one succeeds the answer is 503 rather than a dead function.
    pub async fn warm_up(&self) {
        match tokio::time::timeout(WARM_UP, self.secrets()).await {
            // They are published by now, which is what the checks of tokens read.
            Ok(Ok(_)) => self.app.warm_up().await,
            Ok(Err(error)) => tracing::warn!(?error, "the secrets could not be opened yet"),
            Err(_) => tracing::warn!("the secrets take too long"),
        }
    }

    /// How many passwords this instance has hashed: the dearest thing it does.
    #[must_use]
    pub fn argon2_runs(&self) -> u64 {
        self.secrets.get().map_or(0, |secrets| secrets.passwords.runs())
    }

    /// Pepper, link key and signing key, opened once.
    pub(crate) async fn secrets(&self) -> Result<&Secrets, Error> {
        // Boxed: it runs once, and every request's future would carry its size.
        let open = || Box::pin(Secrets::open(&self.app.store, &self.seal, &self.app.config.app_url));
        let secrets = self.secrets.get_or_try_init(open).await?;
        Ok(secrets)
    }
}

impl FromRef<Auth> for App {
    fn from_ref(auth: &Auth) -> Self {
        auth.app.clone()
    }
}
