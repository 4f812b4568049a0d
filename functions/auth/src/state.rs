//! What this function holds besides the common state.

use std::sync::{Arc, atomic::Ordering};

use aws_config::SdkConfig;
use axum::extract::FromRef;
use shared::{app::App, error::Error, rotation::Cached, seal::Seal, start::warm_up, time::Timestamp};

use crate::{
    challenge::Challenge,
    config::AuthConfig,
    pages::Pages,
    password::{Imported, PasswordHash, Passwords, Runs, breached::Breaches},
    secrets::{Secrets, Source},
};

/// The state of `auth`. Cloning shares it.
#[derive(Clone)]
pub struct Auth {
    pub(crate) app: App,
    pub(crate) config: Arc<AuthConfig>,
    pub(crate) pages: Arc<Pages>,
    pub(crate) breaches: Breaches,
    seal: Seal,
    secrets: Arc<Cached<Secrets>>,
    runs: Arc<Runs>,
}

impl Auth {
    /// Over the AWS that `aws` points to. Opens nothing yet.
    #[must_use]
    pub fn new(app: App, config: AuthConfig, aws: &SdkConfig) -> Self {
        let seal = Seal::new(aws, &config.kms_key_id);
        let pages = Arc::new(Pages::new(&config.product, &config.languages, config.challenge.provider()));
        let breaches = Breaches::new(&config.breached_passwords);
        let (secrets, runs) = Default::default();
        Self { app, config: Arc::new(config), pages, breaches, seal, secrets, runs }
    }

    /// Opens the secrets and the connections. Until that succeeds the answer is 503 rather than a dead function.
    pub async fn warm_up(&self) {
        let now = self.app.clock.now();
        tokio::join!(warm_up("the secrets", self.secrets(now)), warm_up("the switches", self.app.switches(now)));
        if let Challenge::Turnstile(turnstile) = &self.config.challenge {
            warm_up("the secret of the provider of challenges", turnstile.secret(&self.seal)).await;
        }
    }

    /// Opens what is sealed for this function.
    pub(crate) const fn seal(&self) -> &Seal {
        &self.seal
    }

    /// How many passwords this instance has hashed: the dearest thing it does.
    #[must_use]
    pub fn argon2_runs(&self) -> u64 {
        self.runs.argon2.load(Ordering::Relaxed)
    }

    /// How many it has hashed as other services do.
    #[must_use]
    pub fn foreign_runs(&self) -> u64 {
        self.runs.foreign.load(Ordering::Relaxed)
    }

    /// Peppers, link keys, signing keys and account keys, as they were some minutes ago.
    ///
    /// # Errors
    /// `Unavailable` when DynamoDB or KMS is; `Internal` when a secret does not open.
    pub(crate) async fn secrets(&self, now: Timestamp) -> Result<Arc<Secrets>, Error> {
        self.secrets.get(now, |known| self.read(known, now)).await
    }

    /// The hasher of passwords, under the peppers as they were some minutes ago.
    ///
    /// # Errors
    /// Those of [`Auth::secrets`].
    pub(crate) async fn passwords(&self, now: Timestamp) -> Result<Passwords, Error> {
        Ok(self.passwords_under(&*self.secrets(now).await?))
    }

    /// The hasher of passwords, to compare one with this hash: where it takes a key that is not known, for the account was brought along a
    /// moment ago, the secrets are read again.
    ///
    /// # Errors
    /// Those of [`Auth::secrets`].
    pub(crate) async fn passwords_for(
        &self,
        stored: Option<&PasswordHash>,
        now: Timestamp,
    ) -> Result<Passwords, Error> {
        let mut secrets = self.secrets(now).await?;
        if stored.and_then(PasswordHash::key_besides).is_some_and(|key| !secrets.import_keys.has(key)) {
            self.secrets.doubt(now).await;
            secrets = self.secrets(now).await?;
        }
        Ok(self.passwords_under(&secrets))
    }

    fn passwords_under(&self, secrets: &Secrets) -> Passwords {
        let functions = Arc::clone(&self.config.imported_hashes);
        let imported = Imported { keys: secrets.import_keys.clone(), functions };
        Passwords::new(secrets.peppers.clone(), imported, Arc::clone(&self.runs))
    }

    async fn read(&self, known: Option<Arc<Secrets>>, now: Timestamp) -> Result<Secrets, Error> {
        let App { store, config, tokens, .. } = &self.app;
        let source = Source { store, seal: &self.seal, tokens, url: &config.app_url };
        Secrets::open(&source, known.as_deref(), now).await
    }
}

impl FromRef<Auth> for App {
    fn from_ref(auth: &Auth) -> Self {
        auth.app.clone()
    }
}
