//! The connection to AWS, under a role.

use std::{env, path::PathBuf, time::Duration};

use aws_config::{Region, SdkConfig, timeout::TimeoutConfig};
use aws_sdk_dynamodb::config::{Credentials, SharedCredentialsProvider};
use local::Options;

use super::PATIENCE;

const REGION: &str = "us-east-1";

pub(super) async fn sdk_config(url: &str) -> SdkConfig {
    // Requests that wait for each other, or for a machine that is busy, are not asked again.
    let patience = TimeoutConfig::builder().operation_attempt_timeout(PATIENCE).operation_timeout(PATIENCE).build();
    sdk_config_of_production(url).await.into_builder().timeout_config(patience).build()
}

/// As impatient as a deployed function.
pub(super) async fn sdk_config_of_production(url: &str) -> SdkConfig {
    let loader = shared::aws::loader().region(Region::new(REGION)).endpoint_url(url);
    loader.credentials_provider(credentials("test")).load().await
}

/// A connection under a role, which the local AWS knows by the access key id.
pub(super) fn signed_by(sdk: &SdkConfig, role: &str) -> SdkConfig {
    sdk.to_builder().credentials_provider(SharedCredentialsProvider::new(credentials(role))).build()
}

fn credentials(id: &str) -> Credentials {
    Credentials::new(id, "test", None, None, "tests")
}

#[expect(clippy::disallowed_methods, reason = "the emulator to test against is given from outside")]
pub(super) fn upstream() -> Option<String> {
    env::var("AWS_ENDPOINT_URL").ok().filter(|url| !url.is_empty())
}

/// How long transactions are in the way of others after their answers. In front of another emulator, not at all: they would be for as
/// long as it is slow, while the functions wait for about as long as AWS needs.
pub(super) fn conflicts() -> Duration {
    if upstream().is_some() { Duration::ZERO } else { Options::new(PathBuf::new()).conflicts }
}
