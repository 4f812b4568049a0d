//! A local AWS of one test's own, and clients of it.

use std::path::{Path, PathBuf};
use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use local::{Function, Functions, LocalAws, Options};

/// In memory, with the tables of the fixture, feeding nobody.
pub fn options() -> Options {
    Options::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/suite/template.yaml"))
}

/// `mail` in this process, and nobody else.
pub fn only_mail(function: Arc<Function>) -> Functions {
    Functions::InProcess([("mail".to_owned(), function)].into())
}

pub async fn start(options: Options) -> LocalAws {
    LocalAws::start(options).await.unwrap()
}

pub struct Clients {
    pub dynamodb: aws_sdk_dynamodb::Client,
    pub kms: aws_sdk_kms::Client,
    pub ses: aws_sdk_sesv2::Client,
}

/// Clients that try once, so that a test sees each failure.
pub fn clients(local: &LocalAws) -> Clients {
    clients_of(local, "local")
}

/// Clients that try once, under the access key id `id`.
pub fn clients_of(local: &LocalAws, id: &str) -> Clients {
    use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region, retry::RetryConfig};
    let credentials = Credentials::new(id, "local", None, None, "test");
    let (version, region, retry) = (BehaviorVersion::latest(), Region::new("us-east-1"), RetryConfig::disabled());
    Clients {
        dynamodb: aws_sdk_dynamodb::Client::from_conf(
            aws_sdk_dynamodb::Config::builder()
                .behavior_version(version)
                .region(region.clone())
                .credentials_provider(credentials.clone())
                .retry_config(retry.clone())
                .endpoint_url(local.url())
                .build(),
        ),
        kms: aws_sdk_kms::Client::from_conf(
            aws_sdk_kms::Config::builder()
                .behavior_version(version)
                .region(region.clone())
                .credentials_provider(credentials.clone())
                .retry_config(retry.clone())
                .endpoint_url(local.url())
                .build(),
        ),
        ses: aws_sdk_sesv2::Client::from_conf(
            aws_sdk_sesv2::Config::builder()
                .behavior_version(version)
                .region(region)
                .credentials_provider(credentials)
                .retry_config(retry)
                .endpoint_url(local.url())
                .build(),
        ),
    }
}

/// An empty directory that goes away with the test.
pub struct Directory(PathBuf);

impl Directory {
    pub fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("local-aws-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        Self(std::env::temp_dir().join(name))
    }

    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
