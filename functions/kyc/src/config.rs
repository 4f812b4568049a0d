//! The settings of `kyc`.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use shared::{
    config::{ConfigError, Env, Stage, both},
    seal::is_sealed,
};

use crate::providers::{self, Provider};

/// What the law of the European Union wants reports kept for: article 77 of Regulation 2024/1624. Days.
const FIVE_YEARS: u32 = 1_826;

/// What `kyc` needs besides the settings of every function.
#[derive(Clone)]
pub struct KycConfig {
    /// `KYC_PROVIDER`: whose reports `POST /api/kyc/webhook` takes; generic by default.
    pub provider: &'static Provider,
    /// `KYC_WEBHOOK_SECRETS`: for each provider the secrets that prove its reports, newest first. JSON:
    /// `{"sumsub": ["…"]}`. Sealed by KMS (`cargo run -p admin -- kyc-secret`); in the clear on the stage local.
    pub secrets: BTreeMap<String, Vec<String>>,
    /// `KYC_WEBHOOK_TOKEN`: a bearer token that providers must show besides, sealed as their secrets are; optional.
    pub token: Option<String>,
    /// `KMS_KEY_ID`: the key that sealed them.
    pub kms_key_id: String,
    /// `KYC_RETENTION_DAYS`: for how long reports stay after the end of their user's account; five years by default.
    pub retention_days: u32,
}

impl KycConfig {
    /// Reads the settings of `kyc`.
    ///
    /// # Errors
    /// Names the settings that are missing, malformed or name no provider, never their content.
    pub fn read(env: &Env<'_>) -> Result<Self, ConfigError> {
        let token = env.optional("KYC_WEBHOOK_TOKEN");
        let proofs = both(webhook_secrets(env, token.as_ref()), usual(env));
        let rest = both(env.required("KMS_KEY_ID"), env.count("KYC_RETENTION_DAYS", FIVE_YEARS));
        let ((secrets, provider), (kms_key_id, retention_days)) = both(proofs, rest)?;
        Ok(Self { provider, secrets, token, kms_key_id, retention_days })
    }
}

fn usual(env: &Env<'_>) -> Result<&'static Provider, ConfigError> {
    let provider = env.optional("KYC_PROVIDER").unwrap_or_else(|| "generic".to_owned());
    providers::find(&provider).ok_or_else(|| ConfigError::new("KYC_PROVIDER is none of the providers"))
}

type WebhookSecrets = BTreeMap<String, Vec<String>>;

/// The secrets that prove reports of providers that we know; neither they nor the token are in the clear where users are real.
fn webhook_secrets(env: &Env<'_>, token: Option<&String>) -> Result<WebhookSecrets, ConfigError> {
    let secrets = env.optional("KYC_WEBHOOK_SECRETS").unwrap_or_else(|| "{}".to_owned());
    let secrets: WebhookSecrets = serde_json::from_str(&secrets)
        .map_err(|_| ConfigError::new("KYC_WEBHOOK_SECRETS is no JSON object of lists of texts"))?;
    let are_known = match secrets.keys().find(|id| providers::find(id).is_none()) {
        None => Ok(()),
        // Not its name: it may be a secret in the wrong place.
        Some(id) => {
            let length = id.len();
            Err(ConfigError::new(format!("KYC_WEBHOOK_SECRETS names no provider ({length} characters)")))
        }
    };
    both(are_known, may_be_stored(env, secrets.values().flatten().chain(token)))?;
    Ok(secrets)
}

fn may_be_stored<'a>(env: &Env<'_>, mut texts: impl Iterator<Item = &'a String>) -> Result<(), ConfigError> {
    if Stage::read(env)? != Stage::Local && !texts.all(|text| is_sealed(text)) {
        return Err(ConfigError::new("webhook secrets in the clear are allowed on the stage local only"));
    }
    Ok(())
}
