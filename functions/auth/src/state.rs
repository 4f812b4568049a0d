//! What this function holds besides the common state.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use aws_config::SdkConfig;
use axum::extract::FromRef;
use shared::{
    app::{App, WARM_UP},
    config::AuthConfig,
    error::Error,
    rotation::{KEPT, TRUSTED},
    seal::Seal,
    time::Timestamp,
};
use tokio::sync::Mutex;

use crate::{
    secrets::{Secrets, Source},
    ui::Pages,
};

/// Between two attempts to read the secrets again, the first of which has failed.
const RETRY: Duration = Duration::from_secs(30);
/// A request waits this long for secrets that it could do without.
const PATIENCE: Duration = Duration::from_secs(3);

/// The state of `auth`. Cloning shares it.
#[derive(Clone)]
pub struct Auth {
    pub(crate) app: App,
    pub(crate) config: Arc<AuthConfig>,
    pub(crate) pages: Arc<Pages>,
    seal: Seal,
    secrets: Arc<Mutex<Option<Kept>>>,
    argon2_runs: Arc<AtomicU64>,
}

struct Kept {
    secrets: Arc<Secrets>,
    read_at: Timestamp,
    /// Not read again before.
    next: Timestamp,
}

impl Auth {
    /// Over the AWS that `aws` points to. Opens nothing yet.
    #[must_use]
    pub fn new(app: App, config: AuthConfig, aws: &SdkConfig) -> Self {
        let seal = Seal::new(aws, &config.kms_key_id);
        let pages = Arc::new(Pages::new(&config.product));
        let (secrets, argon2_runs) = Default::default();
        Self { app, config: Arc::new(config), pages, seal, secrets, argon2_runs }
    }

    /// Opens the secrets and the connections in init, where CPU is cheap. A failure is not fatal: the next request tries again,
    /// and until one succeeds the answer is 503 rather than a dead function.
    pub async fn warm_up(&self) {
        // The published keys are there already, but for the very first start: then the first token is a reason to read again.
        let (secrets, ()) = tokio::join!(tokio::time::timeout(WARM_UP, self.secrets()), self.app.warm_up());
        match secrets {
            Ok(Ok(_)) => {}
            Ok(Err(error)) => tracing::warn!(?error, "the secrets could not be opened yet"),
            Err(_) => tracing::warn!("the secrets take too long"),
        }
    }

    /// How many passwords this instance has hashed: the dearest thing it does.
    #[must_use]
    pub fn argon2_runs(&self) -> u64 {
        self.argon2_runs.load(Ordering::Relaxed)
    }

    /// Peppers, link key and signing keys. Read again every ten minutes, so that a successor is known before it is used. Where that
    /// fails, those that there are do for five minutes more.
    ///
    /// # Errors
    /// `Unavailable` when DynamoDB or KMS is; `Internal` when a secret does not open.
    pub(crate) async fn secrets(&self) -> Result<Arc<Secrets>, Error> {
        let now = self.app.clock.now();
        // Of requests at once one reads, and the others wait for it.
        let mut kept = self.secrets.lock().await;
        if let Some(kept) = kept.as_ref().filter(|kept| now < kept.next) {
            return Ok(Arc::clone(&kept.secrets));
        }
        let known = kept.as_ref().map(|kept| Arc::clone(&kept.secrets));
        // Boxed: it seldom runs, and every request's future would carry its size.
        let read = Box::pin(self.read(known.as_deref(), now));
        let Some(kept) = kept.as_mut().filter(|kept| now < kept.read_at + TRUSTED) else {
            return Ok(Arc::clone(&kept.insert(read.await?).secrets));
        };
        kept.next = (now + RETRY).min(kept.read_at + TRUSTED);
        match tokio::time::timeout(PATIENCE, read).await {
            Ok(Ok(newer)) => *kept = newer,
            Ok(Err(error)) => tracing::warn!(?error, "the secrets could not be read again"),
            Err(_) => tracing::warn!("reading the secrets again takes too long"),
        }
        Ok(Arc::clone(&kept.secrets))
    }

    async fn read(&self, known: Option<&Secrets>, now: Timestamp) -> Result<Kept, Error> {
        let App { store, config, .. } = &self.app;
        let source = Source { store, seal: &self.seal, url: &config.app_url, runs: &self.argon2_runs };
        let secrets = Arc::new(Secrets::open(&source, known, now).await?);
        Ok(Kept { secrets, read_at: now, next: now + KEPT })
    }
}

impl FromRef<Auth> for App {
    fn from_ref(auth: &Auth) -> Self {
        auth.app.clone()
    }
}
