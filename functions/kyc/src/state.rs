//! What this function holds besides the common state.

use std::{collections::BTreeMap, sync::Arc};

use aws_config::SdkConfig;
use axum::extract::FromRef;
use shared::{app::App, config::Stage, error::Error, seal::Seal, start::warm_up};
use tokio::sync::OnceCell;

use crate::{
    config::KycConfig,
    providers::{self, Provider, Secret},
};

/// Under which name the token is sealed.
const TOKEN: &str = "token";

/// The state of `kyc`. Cloning shares it.
#[derive(Clone)]
pub struct Kyc {
    pub(crate) app: App,
    /// Whose reports come without a name in the path.
    pub(crate) usual: &'static Provider,
    pub(crate) config: Arc<KycConfig>,
    seal: Seal,
    secrets: Arc<OnceCell<Secrets>>,
}

/// What proves reports.
pub struct Secrets {
    of: BTreeMap<String, Vec<Secret>>,
    /// The second lock; empty where there is none.
    pub(crate) token: Vec<Secret>,
}

/// Whether the token alone proves a provider: where `generic` is the usual one. Elsewhere the token is a second lock of others, which
/// know it, and must not become a way around the first.
fn is_token_enough(provider: &Provider, usual: &Provider) -> bool {
    provider.is_proven_by_token() && usual.is_proven_by_token()
}

impl Secrets {
    /// The secrets of a provider.
    pub(crate) fn of(&self, provider: &Provider, usual: &Provider) -> &[Secret] {
        match self.of.get(provider.id) {
            Some(secrets) => secrets,
            None if is_token_enough(provider, usual) => &self.token,
            None => &[],
        }
    }
}

impl Kyc {
    /// Over the AWS that `aws` points to. Opens nothing yet.
    #[must_use]
    pub fn new(app: App, config: KycConfig, aws: &SdkConfig) -> Self {
        let (usual, seal) = (config.provider, Seal::new(aws, &config.kms_key_id));
        Self { app, usual, config: Arc::new(config), seal, secrets: Arc::default() }
    }

    /// Opens secrets and connections. Until that succeeds the answer to reports is 503.
    pub async fn warm_up(&self) {
        tokio::join!(warm_up("the webhook secrets", self.secrets()), self.app.warm_up());
    }

    /// The providers whose reports are taken.
    pub(crate) fn configured(&self) -> Vec<&'static str> {
        let has_secret = |provider: &&Provider| match self.config.secrets.get(provider.id) {
            Some(secrets) => !secrets.is_empty(),
            None => is_token_enough(provider, self.usual) && self.config.token.is_some(),
        };
        providers::ALL.into_iter().filter(has_secret).map(|provider| provider.id).collect()
    }

    /// What proves reports, opened once.
    pub(crate) async fn secrets(&self) -> Result<&Secrets, Error> {
        self.secrets.get_or_try_init(|| Box::pin(self.open())).await
    }

    async fn open(&self) -> Result<Secrets, Error> {
        let mut of = BTreeMap::new();
        for (provider, sealed) in &self.config.secrets {
            let mut secrets = Vec::new();
            for text in sealed {
                match self.open_one(provider, text).await {
                    Ok(secret) => secrets.push(secret),
                    // One value that does not open is no reason to refuse what the others prove.
                    Err(Error::Internal(cause)) => {
                        tracing::error!(provider, %cause, "a webhook secret does not open");
                    }
                    Err(error) => return Err(error),
                }
            }
            of.insert(provider.clone(), secrets);
        }
        let mut token = Vec::new();
        if let Some(sealed) = &self.config.token {
            // Without its lock nothing is let in.
            let opened = self.open_one(TOKEN, sealed).await;
            token.push(opened.map_err(|error| Error::unavailable(format!("the token does not open: {error:?}")))?);
        }
        Ok(Secrets { of, token })
    }

    async fn open_one(&self, provider: &str, text: &str) -> Result<Secret, Error> {
        let plain = match self.app.config.stage {
            Stage::Local => text.to_owned(),
            Stage::Dev | Stage::Staging | Stage::Prod => {
                let bytes = self.seal.open_webhook_secret(provider, text).await?;
                String::from_utf8(bytes.to_vec()).map_err(|_| Error::internal("a webhook secret is no text"))?
            }
        };
        Secret::new(plain).ok_or_else(|| Error::internal("a webhook secret is empty"))
    }
}

impl FromRef<Kyc> for App {
    fn from_ref(kyc: &Kyc) -> Self {
        kyc.app.clone()
    }
}
