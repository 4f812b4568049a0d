//! The Lambda function `auth`.

use auth::{Auth, config::AuthConfig, metrics::METRICS};
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

async fn function(env: &Env<'_>) -> Result<Function<Auth>, ConfigError> {
    let ((config, own), clock) = both(both(Config::read(env), AuthConfig::read(env)), Clock::read(env))?;
    let aws = aws::sdk_config(&config.region);
    let auth = Auth::new(App::new(config, &aws, clock), own, &aws);
    auth.warm_up().await;
    Ok(auth::function(auth))
}
