//! A local AWS of one test's own, at whose address the play is.

use std::path::Path;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::{BehaviorVersion, Config, Credentials, Region};
use local::{LocalAws, Options};

/// In memory, with the tables of the deployment, feeding nobody.
pub fn options() -> Options {
    Options::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../template.yaml"))
}

pub async fn start(options: Options) -> LocalAws {
    LocalAws::start(options).await.unwrap()
}

/// The tables, for whoever may do everything.
pub fn database(local: &LocalAws) -> Client {
    let config = Config::builder().behavior_version(BehaviorVersion::latest()).endpoint_url(local.url());
    let credentials = Credentials::new("local", "local", None, None, "test");
    Client::from_conf(config.region(Region::new("us-east-1")).credentials_provider(credentials).build())
}
