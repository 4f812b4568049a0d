//! The Lambda function `oauth`.

use oauth::{OAuth, metrics::METRICS};
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

async fn function(env: &Env<'_>) -> Result<Function<OAuth>, ConfigError> {
    let (config, clock) = both(Config::read(env), Clock::read(env))?;
    let aws = aws::sdk_config(&config.region);
    let oauth = OAuth::new(App::new(config, &aws, clock));
    oauth.warm_up().await;
    Ok(oauth::function(oauth))
}
