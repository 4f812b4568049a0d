//! Every setting of every function. The environment is read here and nowhere else.

#[cfg(test)]
mod tests;

use std::{collections::BTreeMap, fmt};

use base64::{Engine, prelude::BASE64_STANDARD};

use crate::blank::is_blank;

/// Where this deployment stands; decides what may be switched on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// A laptop or a test.
    Local,
    /// A deployed playground.
    Dev,
    /// The rehearsal of production.
    Staging,
    /// Real users and real money.
    Prod,
}

impl Stage {
    /// What `STAGE` says; all that `docs` needs.
    ///
    /// # Errors
    /// When it is missing or none of them.
    pub fn read(env: &Env<'_>) -> Result<Self, ConfigError> {
        let name = env.required("STAGE")?;
        let stages = [Self::Local, Self::Dev, Self::Staging, Self::Prod];
        let stage = stages.into_iter().find(|stage| stage.as_str() == name);
        stage.ok_or_else(|| ConfigError::new("STAGE is not one of local, dev, staging, prod"))
    }

    /// The value of `STAGE`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::Dev => "dev",
            Self::Staging => "staging",
            Self::Prod => "prod",
        }
    }
}

/// What every function needs.
#[derive(Clone, Debug)]
pub struct Config {
    /// `STAGE`: local, dev, staging or prod.
    pub stage: Stage,
    /// `TABLE_PREFIX`: tables are called `PREFIX-Accounts`, `PREFIX-Sessions`, …
    pub table_prefix: String,
    /// `APP_URL`: where users reach this API, without a trailing slash. Mailed links start with it; tokens name it as issuer and audience.
    pub app_url: String,
    /// `AWS_REGION`: where tables, keys and mail are; Lambda sets it.
    pub region: String,
}

/// What `auth` needs besides.
#[derive(Clone, Debug)]
pub struct AuthConfig {
    /// `KMS_KEY_ID`: the key that seals pepper, link key, signing key and account key.
    pub kms_key_id: String,
    /// `PRODUCT_NAME`: how the service calls itself to people.
    pub product: String,
    /// `SIGN_IN_URL`: where a verified user goes next; optional.
    pub sign_in_url: Option<String>,
    /// `AUTO_CONFIRM`: sign-up creates the account at once, without proof of the address. Only on `local` and `dev`.
    pub auto_confirm: bool,
}

/// What `api-keys` needs besides.
#[derive(Clone, Debug)]
pub struct VaultConfig {
    /// `KMS_KEY_ID`: the key that wraps the data keys of new records and seals the vault's own secret.
    pub kms_key_id: String,
    /// `ALLOW_WITHDRAWAL_KEYS`: keys that can withdraw are given out and used like others.
    pub allow_withdrawal_keys: bool,
    /// `REQUIRE_KYC`: keys are stored for users whose identity is proven only.
    pub require_kyc: bool,
    /// `EXCHANGE_PROXY`: where requests to exchanges go instead, `host:port` of an http URL. Only on `local`.
    pub exchange_proxy: Option<String>,
}

/// What `kyc` needs besides.
#[derive(Clone)]
pub struct KycConfig {
    /// `KYC_PROVIDER`: whose reports `POST /api/kyc/webhook` takes; generic by default.
    pub provider: String,
    /// `KYC_WEBHOOK_SECRETS`: for each provider the secrets that prove its reports, newest first. JSON:
    /// `{"sumsub": ["…"]}`. Sealed by KMS (`cargo run -p admin -- kyc-secret`); in the clear on the stage local.
    pub secrets: BTreeMap<String, Vec<String>>,
    /// `KYC_WEBHOOK_TOKEN`: a bearer token that providers must show besides, sealed in the same way; optional.
    pub token: Option<String>,
    /// `KMS_KEY_ID`: the key that sealed them.
    pub kms_key_id: String,
}

/// What `mail` needs besides.
#[derive(Clone, Debug)]
pub struct MailConfig {
    /// `KMS_KEY_ID`: the key that seals the link key.
    pub kms_key_id: String,
    /// `PRODUCT_NAME`: who writes.
    pub product: String,
    /// `SIGN_IN_URL`: linked in the mail to somebody who already has an account; optional.
    pub sign_in_url: Option<String>,
    /// `MAIL_FROM`: the sender, an address that SES has verified.
    pub mail_from: String,
    /// `SES_CONFIGURATION_SET`: carries TLS, suppression and event settings.
    pub configuration_set: String,
}

/// What operators' tools need.
#[derive(Clone, Debug)]
pub struct OperatorConfig {
    /// `STAGE`: local, dev, staging or prod. Sealed records are bound to it.
    pub stage: Stage,
    /// `TABLE_PREFIX`: whose tables.
    pub table_prefix: String,
    /// `KMS_KEY_ID`: the key that seals what is put into settings.
    pub kms_key_id: Option<String>,
}

/// What the log says of its process, and how much of what happens.
#[derive(Clone, Debug)]
pub struct LogConfig {
    /// The function's name in this repository: auth, mail, api-keys, kyc or docs.
    pub service: &'static str,
    /// `AWS_LAMBDA_FUNCTION_NAME`: its name on AWS, which sets it.
    pub function_name: Option<String>,
    /// `AWS_LAMBDA_FUNCTION_VERSION`: which of its versions this is, a number or `$LATEST`; AWS sets it.
    pub function_version: Option<String>,
    /// `AWS_LAMBDA_FUNCTION_MEMORY_SIZE`: its memory in MB; AWS sets it.
    pub function_memory_size: Option<u32>,
    /// `LOG_LEVEL` of our own lines: error, warn, info (default) or debug. Libraries never log below warn.
    pub level: tracing::Level,
    /// `METRICS_NAMESPACE`: where CloudWatch puts the metrics; without it there are none.
    pub metrics_namespace: Option<String>,
    /// `RELEASE`: what was deployed, code and parameters, in the deploying script's words; none on a laptop.
    pub release: Option<String>,
}

/// Settings that are missing or that no function could work with, each with its reason: whoever mends them wants to hear of all at once.
#[derive(Debug, PartialEq, Eq)]
pub struct ConfigError(Vec<String>);

impl ConfigError {
    /// A setting that no function could work with; `reason` names it and not its content.
    #[must_use]
    pub fn new(reason: impl Into<String>) -> Self {
        Self(vec![reason.into()])
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("; "))
    }
}

impl std::error::Error for ConfigError {}

/// Both settings, or groups of them.
///
/// # Errors
/// Whatever is wrong with either, each flaw once.
pub fn both<A, B>(first: Result<A, ConfigError>, second: Result<B, ConfigError>) -> Result<(A, B), ConfigError> {
    match (first, second) {
        (Ok(first), Ok(second)) => Ok((first, second)),
        (Err(flaws), Ok(_)) | (Ok(_), Err(flaws)) => Err(flaws),
        (Err(ConfigError(mut flaws)), Err(ConfigError(more))) => {
            for flaw in more {
                if !flaws.contains(&flaw) {
                    flaws.push(flaw);
                }
            }
            Err(ConfigError(flaws))
        }
    }
}

/// A way to look settings up by name. An empty value counts as missing.
pub struct Env<'a>(&'a dyn Fn(&str) -> Option<String>);

impl<'a> Env<'a> {
    /// What `lookup` knows.
    #[must_use]
    pub const fn new(lookup: &'a dyn Fn(&str) -> Option<String>) -> Self {
        Self(lookup)
    }
}

impl Env<'_> {
    /// The process's own environment.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the environment")]
    pub fn process() -> Env<'static> {
        Env(&|name| std::env::var(name).ok())
    }

    pub(crate) fn optional(&self, name: &str) -> Option<String> {
        self.0(name).filter(|value| !value.is_empty())
    }

    pub(crate) fn required(&self, name: &str) -> Result<String, ConfigError> {
        self.optional(name).ok_or_else(|| ConfigError::new(format!("{name} is not set")))
    }

    /// What people are to see.
    fn shown(&self, name: &str) -> Result<String, ConfigError> {
        let value = self.required(name)?;
        if is_blank(&value) { Err(ConfigError::new(format!("{name} has nothing to see in it"))) } else { Ok(value) }
    }

    fn url(&self, name: &str) -> Result<Option<String>, ConfigError> {
        let Some(value) = self.optional(name) else {
            return Ok(None);
        };
        match url::Url::parse(&value) {
            Ok(url) if ["http", "https"].contains(&url.scheme()) => Ok(Some(value.trim_end_matches('/').to_owned())),
            _ => Err(ConfigError::new(format!("{name} is not an http or https URL"))),
        }
    }

    fn switch(&self, name: &str) -> Result<bool, ConfigError> {
        match self.optional(name).as_deref() {
            None | Some("false") => Ok(false),
            Some("true") => Ok(true),
            Some(_) => Err(ConfigError::new(format!("{name} is neither true nor false"))),
        }
    }
}

impl Config {
    /// Reads the common settings.
    ///
    /// # Errors
    /// Names the settings that are missing or malformed.
    pub fn read(env: &Env<'_>) -> Result<Self, ConfigError> {
        let tables = both(env.required("TABLE_PREFIX"), env.required("AWS_REGION"));
        let ((stage, app_url), (table_prefix, region)) = both(both(Stage::read(env), app_url(env)), tables)?;
        Ok(Self { stage, table_prefix, app_url, region })
    }
}

fn app_url(env: &Env<'_>) -> Result<String, ConfigError> {
    let app_url = env.url("APP_URL")?.ok_or_else(|| ConfigError::new("APP_URL is not set"))?;
    if matches!(Stage::read(env), Ok(Stage::Staging | Stage::Prod)) && !app_url.starts_with("https:") {
        return Err(ConfigError::new("APP_URL must be https on the stages staging and prod"));
    }
    Ok(app_url)
}

impl AuthConfig {
    /// Reads the settings of `auth`.
    ///
    /// # Errors
    /// Names the settings that are missing, malformed or not allowed on this stage.
    pub fn read(env: &Env<'_>) -> Result<Self, ConfigError> {
        let shown = both(env.shown("PRODUCT_NAME"), env.url("SIGN_IN_URL"));
        let rest = both(env.required("KMS_KEY_ID"), auto_confirm(env));
        let ((product, sign_in_url), (kms_key_id, auto_confirm)) = both(shown, rest)?;
        Ok(Self { kms_key_id, product, sign_in_url, auto_confirm })
    }
}

fn auto_confirm(env: &Env<'_>) -> Result<bool, ConfigError> {
    let auto_confirm = env.switch("AUTO_CONFIRM")?;
    if auto_confirm && !matches!(Stage::read(env)?, Stage::Local | Stage::Dev) {
        return Err(ConfigError::new("AUTO_CONFIRM is allowed on the stages local and dev only"));
    }
    Ok(auto_confirm)
}

impl VaultConfig {
    /// Reads the settings of `api-keys`.
    ///
    /// # Errors
    /// Names the settings that are missing, malformed or not allowed on this stage.
    pub fn read(env: &Env<'_>) -> Result<Self, ConfigError> {
        let rules = both(env.switch("ALLOW_WITHDRAWAL_KEYS"), env.switch("REQUIRE_KYC"));
        let rest = both(env.required("KMS_KEY_ID"), exchange_proxy(env));
        let ((allow_withdrawal_keys, require_kyc), (kms_key_id, exchange_proxy)) = both(rules, rest)?;
        Ok(Self { kms_key_id, allow_withdrawal_keys, require_kyc, exchange_proxy })
    }
}

fn exchange_proxy(env: &Env<'_>) -> Result<Option<String>, ConfigError> {
    let Some(url) = env.url("EXCHANGE_PROXY")? else {
        return Ok(None);
    };
    if Stage::read(env)? != Stage::Local {
        return Err(ConfigError::new("EXCHANGE_PROXY is allowed on the stage local only"));
    }
    match url.strip_prefix("http://") {
        Some(address) if !address.contains(['/', '@', '?', '#']) => Ok(Some(address.to_owned())),
        _ => Err(ConfigError::new("EXCHANGE_PROXY is not http://HOST:PORT")),
    }
}

impl KycConfig {
    /// Reads the settings of `kyc`. `is_provider` knows the ids of providers.
    ///
    /// # Errors
    /// Names the settings that are missing, malformed or name no provider, never their content.
    pub fn read(env: &Env<'_>, is_provider: impl Fn(&str) -> bool) -> Result<Self, ConfigError> {
        let provider = env.optional("KYC_PROVIDER").unwrap_or_else(|| "generic".to_owned());
        let usual = if is_provider(&provider) { Ok(provider) } else { Err(Self::no_provider()) };
        let token = env.optional("KYC_WEBHOOK_TOKEN");
        let proofs = both(webhook_secrets(env, token.as_ref(), is_provider), usual);
        let ((secrets, provider), kms_key_id) = both(proofs, env.required("KMS_KEY_ID"))?;
        Ok(Self { provider, secrets, token, kms_key_id })
    }

    /// What is wrong where `provider` is none.
    #[must_use]
    pub fn no_provider() -> ConfigError {
        ConfigError::new("KYC_PROVIDER is none of the providers")
    }
}

type WebhookSecrets = BTreeMap<String, Vec<String>>;

/// The secrets that prove reports of providers that we know; neither they nor the token are in the clear where users are real.
fn webhook_secrets(
    env: &Env<'_>,
    token: Option<&String>,
    is_provider: impl Fn(&str) -> bool,
) -> Result<WebhookSecrets, ConfigError> {
    let secrets = env.optional("KYC_WEBHOOK_SECRETS").unwrap_or_else(|| "{}".to_owned());
    let secrets: WebhookSecrets = serde_json::from_str(&secrets)
        .map_err(|_| ConfigError::new("KYC_WEBHOOK_SECRETS is no JSON object of lists of texts"))?;
    let are_known = match secrets.keys().find(|id| !is_provider(id)) {
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

/// Whether it can be what KMS returns: base64 of more bytes than any secret has that a provider gives out.
fn is_sealed(text: &str) -> bool {
    BASE64_STANDARD.decode(text).is_ok_and(|bytes| bytes.len() > 128)
}

impl MailConfig {
    /// Reads the settings of `mail`.
    ///
    /// # Errors
    /// Names the settings that are missing or malformed.
    pub fn read(env: &Env<'_>) -> Result<Self, ConfigError> {
        let shown = both(env.shown("PRODUCT_NAME"), env.url("SIGN_IN_URL"));
        let sent = both(env.required("MAIL_FROM"), env.required("SES_CONFIGURATION_SET"));
        let letters = both(shown, sent);
        let (kms_key_id, ((product, sign_in_url), (mail_from, configuration_set))) =
            both(env.required("KMS_KEY_ID"), letters)?;
        Ok(Self { kms_key_id, product, sign_in_url, mail_from, configuration_set })
    }
}

impl LogConfig {
    /// Reads the settings of the log. One that is malformed counts as missing: a function without a log would be worse.
    #[must_use]
    pub fn read(service: &'static str, env: &Env<'_>) -> Self {
        let level = env.optional("LOG_LEVEL").and_then(|level| level.parse().ok());
        let memory = env.optional("AWS_LAMBDA_FUNCTION_MEMORY_SIZE").and_then(|size| size.parse().ok());
        Self {
            service,
            function_name: env.optional("AWS_LAMBDA_FUNCTION_NAME"),
            function_version: env.optional("AWS_LAMBDA_FUNCTION_VERSION"),
            function_memory_size: memory,
            level: level.unwrap_or(tracing::Level::INFO),
            metrics_namespace: env.optional("METRICS_NAMESPACE"),
            release: env.optional("RELEASE"),
        }
    }
}

impl OperatorConfig {
    /// Reads the settings of operators' tools.
    ///
    /// # Errors
    /// Names the settings that are missing or malformed.
    pub fn read(env: &Env<'_>) -> Result<Self, ConfigError> {
        let (stage, table_prefix) = both(Stage::read(env), env.required("TABLE_PREFIX"))?;
        Ok(Self { stage, table_prefix, kms_key_id: env.optional("KMS_KEY_ID") })
    }
}
