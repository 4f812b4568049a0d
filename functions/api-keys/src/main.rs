//! The Lambda function `api-keys`.

use api_keys::{Vault, config::VaultConfig, metrics::METRICS};
use shared::{
    app::App,
    aws,
    config::{Config, ConfigError, Env, LogConfig, both},
    invocation::Function,
    log, start,
    time::Clock,
};

// One request at a time: a second thread would only cost switches.
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    let env = Env::process();
    log::init(LogConfig::read(env!("CARGO_PKG_NAME"), &METRICS, &env));
    start::run(function(&env)).await
}

async fn function(env: &Env<'_>) -> Result<Function<Vault>, ConfigError> {
    let ((config, own), clock) = both(both(Config::read(env), VaultConfig::read(env)), Clock::read(env))?;
    let aws = aws::sdk_config(&config.region);
    let vault = Vault::new(App::new(config, &aws, clock), own, &aws);
    vault.warm_up().await;
    Ok(api_keys::function(vault))
}
