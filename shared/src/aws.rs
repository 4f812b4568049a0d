//! The connection to AWS: one configuration, one HTTP client, and what a failed call means.

use std::{error::Error as _, io, iter::successors, time::Duration};

use aws_config::{
    BehaviorVersion, ConfigLoader, Region, SdkConfig, environment::EnvironmentVariableCredentialsProvider,
    retry::RetryConfig, timeout::TimeoutConfig,
};
use aws_sdk_dynamodb::{
    config::SharedCredentialsProvider,
    error::{ProvideErrorMetadata, SdkError},
    operation::RequestId,
};
use aws_smithy_http_client::{Connector, tls};
use aws_smithy_runtime_api::client::http::{
    HttpConnectorSettings, SharedHttpClient, SharedHttpConnector, http_client_fn,
};

use aws_types::{
    origin::Origin,
    service_config::{LoadServiceConfig, ServiceConfigKey},
};

use url::{Position, Url};

use crate::{
    config::Env,
    error::{Cause, Error, chain},
};

/// To open a connection. Long enough for a first packet that is lost and sent again after one second.
const CONNECT: Duration = Duration::from_millis(1500);

/// Settings for every client of a function in `region`: credentials and endpoints from the environment, where Lambda puts them. The
/// SDK's own loader would look into files, containers and machines as well, and every function would carry what that takes.
#[must_use]
pub fn sdk_config(region: &str) -> SdkConfig {
    let credentials = SharedCredentialsProvider::new(EnvironmentVariableCredentialsProvider::new());
    let mut config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(region.to_owned()))
        .credentials_provider(credentials)
        .service_config(Endpoints)
        .http_client(http_client())
        .timeout_config(timeouts())
        .retry_config(retries());
    // What was chosen here wins over what the SDK thinks of a service.
    config.insert_origin("retry_config", Origin::shared_config());
    config.build()
}

/// `AWS_ENDPOINT_URL_KMS` and the like, which lead to the local AWS.
#[derive(Debug)]
struct Endpoints;

impl LoadServiceConfig for Endpoints {
    fn load_config(&self, key: ServiceConfigKey<'_>) -> Option<String> {
        let service = key.service_id().to_uppercase().replace(' ', "_");
        Env::process().optional(&format!("{}_{service}", key.env()))
    }
}

/// Settings for the clients of operators and tests, with all that the SDK's own loader knows.
#[must_use]
pub fn loader() -> ConfigLoader {
    aws_config::defaults(BehaviorVersion::latest())
        .http_client(http_client())
        .timeout_config(timeouts())
        .retry_config(retries())
}

/// Within which a request can still be answered (see [`crate::http::DEADLINE`]).
fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder()
        .operation_attempt_timeout(Duration::from_secs(2))
        .operation_timeout(Duration::from_secs(5))
        .build()
}

fn retries() -> RetryConfig {
    RetryConfig::standard()
        .with_max_attempts(3)
        .with_initial_backoff(Duration::from_millis(50))
        .with_max_backoff(Duration::from_secs(1))
}

/// One connection pool for all clients. The SDK's own builder would parse all root certificates anew for every client that is
/// made, and once more for every other time limit.
fn http_client() -> SharedHttpClient {
    let connector = Connector::builder()
        .connector_settings(HttpConnectorSettings::builder().connect_timeout(CONNECT).build())
        .tls_provider(tls::Provider::Rustls(tls::rustls_provider::CryptoMode::AwsLc))
        .build();
    let connector = SharedHttpConnector::new(connector);
    http_client_fn(move |_, _| connector.clone())
}

/// Errors that mean "less often", though the service answers them as if the caller were at fault. The last two are reasons for
/// which a transaction is cancelled.
const THROTTLING: [&str; 8] = [
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
    "LimitExceededException",
    "ThrottlingError",
    "ProvisionedThroughputExceeded",
];

/// Errors that mean "later" in the same way.
const TEMPORARY: [&str; 4] = [
    "TransactionInProgressException",
    // A key that is switched off comes back by an operator's hand, not by a new request of another form.
    "DisabledException",
    "KMSInvalidStateException",
    "KeyUnavailableException",
];

/// What a failed call means to the one who waits for the answer. Its cause names the call, the error and the request, never the
/// service's own words: those quote what was sent.
#[track_caller]
pub fn failure<E>(call: &'static str, error: &SdkError<E>) -> Error
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    let SdkError::ServiceError(service) = error else {
        let cause = Cause::new(format!("{call}: {}", nobody_listens(call, error).unwrap_or_else(|| chain(error))));
        return if matches!(error, SdkError::ConstructionFailure(_)) {
            Error::Internal(cause)
        } else {
            Error::Unavailable(cause)
        };
    };
    let code = service.err().code().unwrap_or("an unnamed error");
    let status = service.raw().status();
    let request = error.request_id().unwrap_or("unknown");
    let cause = Cause::new(format!("{call}: {code} ({status}), request {request}"));
    if is_throttling(call, code) {
        Error::Throttled(cause)
    } else if TEMPORARY.contains(&code) || status.is_server_error() {
        Error::Unavailable(cause)
    } else {
        Error::Internal(cause)
    }
}

/// On a laptop AWS is a process that somebody has to start, and if nobody has, that is said.
fn nobody_listens<E>(call: &str, error: &SdkError<E>) -> Option<String> {
    let SdkError::DispatchFailure(failure) = error else {
        return None;
    };
    let mut causes = successors(failure.as_connector_error()?.source(), |&cause| cause.source());
    let is_refused = |error: &io::Error| error.kind() == io::ErrorKind::ConnectionRefused;
    causes.find(|cause| cause.downcast_ref().is_some_and(is_refused))?;
    let service = match service(call) {
        "ses" => "SESV2".to_owned(),
        other => other.to_uppercase(),
    };
    let url = Url::parse(&Env::process().optional(&format!("AWS_ENDPOINT_URL_{service}"))?).ok()?;
    let address = &url[Position::BeforeHost..Position::AfterPort];
    Some(format!("nothing listens on {address}: `make aws` starts the local AWS"))
}

/// Whose call it is.
fn service(call: &str) -> &'static str {
    match call {
        "Decrypt" | "DescribeKey" | "Encrypt" | "GenerateDataKey" | "ReEncrypt" => "kms",
        "SendEmail" => "ses",
        _ => "dynamodb",
    }
}

/// Whether `code`, the final answer to a call, asks for fewer calls. If so, that is an event.
pub(crate) fn is_throttling(call: &'static str, code: &str) -> bool {
    let is_throttling = THROTTLING.contains(&code);
    if is_throttling {
        let dependency = service(call);
        tracing::warn!(event = "aws_throttled", dependency, call, code, "AWS asks for fewer calls");
    }
    is_throttling
}
