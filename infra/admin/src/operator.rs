//! What all subcommands work with.

use std::{fmt, time::Duration};

use aws_config::{SdkConfig, retry::RetryConfig, timeout::TimeoutConfig};
use shared::{config::Stage, error::Error, store::Store};

use crate::{config::OperatorConfig, trail::Trail};

/// A deployment, under an operator's own credentials.
#[derive(Clone, Debug)]
pub struct Operator {
    pub(crate) store: Store,
    pub(crate) aws: SdkConfig,
    pub(crate) stage: Stage,
    pub(crate) kms_key_id: Option<String>,
    pub(crate) trail: Trail,
}

impl Operator {
    /// On the deployment that `config` names.
    #[must_use]
    pub fn new(config: &OperatorConfig, aws: SdkConfig) -> Self {
        let (store, trail) = (Store::new(&aws, &config.table_prefix), Trail::new(&aws, &config.table_prefix));
        Self { store, trail, aws, stage: config.stage, kms_key_id: config.kms_key_id.clone() }
    }
}

/// The connection to AWS. Nobody waits for an answer within seconds here, as the clients of the functions do: throttling is waited out.
pub async fn aws() -> SdkConfig {
    let retries = RetryConfig::standard().with_max_attempts(10).with_max_backoff(Duration::from_secs(5));
    let timeouts = TimeoutConfig::builder()
        .operation_attempt_timeout(Duration::from_secs(10))
        .operation_timeout(Duration::from_mins(1))
        .build();
    shared::aws::loader().retry_config(retries).timeout_config(timeouts).load().await
}

/// Why something could not be done, for an operator to read: the call and the error's name, never what was sent or stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure(String);

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Failure {}

impl From<&'static str> for Failure {
    fn from(reason: &'static str) -> Self {
        Self(reason.to_owned())
    }
}

impl From<String> for Failure {
    fn from(reason: String) -> Self {
        Self(reason)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        match error {
            Error::Unavailable(cause)
            | Error::Throttled(cause)
            | Error::Contended(cause)
            | Error::NotSetUp(cause)
            | Error::Internal(cause) => Self(cause.to_string()),
            other => Self(other.answer().1.to_owned()),
        }
    }
}
