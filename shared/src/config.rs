//! Settings that every function has, and how settings are read: the environment is looked into here and nowhere else. A function's own
//! are in its `config.rs`.

#[cfg(test)]
mod tests;

use std::fmt;

use crate::{blank::is_blank, metrics::Metric};

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

/// What the log says of its process, and how much of what happens.
#[derive(Clone, Debug)]
pub struct LogConfig {
    /// The function's name in this repository, which is that of its package.
    pub service: &'static str,
    /// The crates whose lines are ours: the function's own, and this one.
    pub crates: Vec<String>,
    /// Which of its own lines are metrics.
    pub metrics: &'static [Metric],
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

    /// Its value, if it has one.
    #[must_use]
    pub fn optional(&self, name: &str) -> Option<String> {
        self.0(name).filter(|value| !value.is_empty())
    }

    /// Its value.
    ///
    /// # Errors
    /// When it has none.
    pub fn required(&self, name: &str) -> Result<String, ConfigError> {
        self.optional(name).ok_or_else(|| ConfigError::new(format!("{name} is not set")))
    }

    /// A text that people are to see.
    ///
    /// # Errors
    /// When it has no value, or one with nothing to see in it.
    pub fn shown(&self, name: &str) -> Result<String, ConfigError> {
        let value = self.required(name)?;
        if is_blank(&value) { Err(ConfigError::new(format!("{name} has nothing to see in it"))) } else { Ok(value) }
    }

    /// An http or https URL without trailing slashes, if it has a value.
    ///
    /// # Errors
    /// When it is none.
    pub fn url(&self, name: &str) -> Result<Option<String>, ConfigError> {
        let Some(value) = self.optional(name) else {
            return Ok(None);
        };
        match url::Url::parse(&value) {
            Ok(url) if ["http", "https"].contains(&url.scheme()) => Ok(Some(value.trim_end_matches('/').to_owned())),
            _ => Err(ConfigError::new(format!("{name} is not an http or https URL"))),
        }
    }

    /// A whole number from 1 on, or `default` where it has no value.
    ///
    /// # Errors
    /// When it is none.
    pub fn count(&self, name: &str, default: u32) -> Result<u32, ConfigError> {
        let Some(value) = self.optional(name) else { return Ok(default) };
        let count = value.parse().ok().filter(|count| *count > 0);
        count.ok_or_else(|| ConfigError::new(format!("{name} is not a whole number from 1 on")))
    }

    /// What plays others on a laptop: `host:port` of an http URL, if it has a value.
    ///
    /// # Errors
    /// When it is anything else, or the stage is not `local`.
    pub fn stand_in(&self, name: &str) -> Result<Option<String>, ConfigError> {
        let Some(url) = self.url(name)? else {
            return Ok(None);
        };
        if Stage::read(self)? != Stage::Local {
            return Err(ConfigError::new(format!("{name} is allowed on the stage local only")));
        }
        match url.strip_prefix("http://") {
            Some(address) if !address.contains(['/', '@', '?', '#']) => Ok(Some(address.to_owned())),
            _ => Err(ConfigError::new(format!("{name} is not http://HOST:PORT"))),
        }
    }

    /// `true` or `false`; off where it has no value.
    ///
    /// # Errors
    /// When it is neither.
    pub fn switch(&self, name: &str) -> Result<bool, ConfigError> {
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

impl LogConfig {
    /// Reads the settings of the log of `service`, a package's name. One that is malformed counts as missing: a function without a log
    /// would be worse.
    #[must_use]
    pub fn read(service: &'static str, metrics: &'static [Metric], env: &Env<'_>) -> Self {
        let level = env.optional("LOG_LEVEL").and_then(|level| level.parse().ok());
        let memory = env.optional("AWS_LAMBDA_FUNCTION_MEMORY_SIZE").and_then(|size| size.parse().ok());
        Self {
            service,
            crates: vec![service.replace('-', "_"), "shared".to_owned()],
            metrics,
            function_name: env.optional("AWS_LAMBDA_FUNCTION_NAME"),
            function_version: env.optional("AWS_LAMBDA_FUNCTION_VERSION"),
            function_memory_size: memory,
            level: level.unwrap_or(tracing::Level::INFO),
            metrics_namespace: env.optional("METRICS_NAMESPACE"),
            release: env.optional("RELEASE"),
        }
    }
}
