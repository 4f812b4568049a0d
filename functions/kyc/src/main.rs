//! The Lambda function `kyc`.

use kyc::{Kyc, config::KycConfig, metrics::METRICS};
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

async fn function(env: &Env<'_>) -> Result<Function<Kyc>, ConfigError> {
    let ((config, own), clock) = both(both(Config::read(env), KycConfig::read(env)), Clock::read(env))?;
    let aws = aws::sdk_config(&config.region);
    let kyc = Kyc::new(App::new(config, &aws, clock), own, &aws);
    kyc.warm_up().await;
    Ok(kyc::function(kyc))
}
