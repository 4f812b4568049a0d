//! The Lambda function `api-keys`.

use shared::{
    app::App,
    aws,
    config::{Config, Env, LogConfig, VaultConfig},
    http, log,
    time::Clock,
};

// One request at a time: a second thread would only cost switches.
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    let env = Env::process();
    log::init(LogConfig::read(env!("CARGO_PKG_NAME"), &env));
    let aws = aws::sdk_config();
    let app = App::new(Config::read(&env)?, &aws, Clock::default());
    let vault = api_keys::Vault::new(app, VaultConfig::read(&env)?, &aws);
    vault.warm_up().await;
    http::run(api_keys::router(vault)).await
}
