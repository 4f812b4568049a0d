//! The Lambda function `kyc`.

use axum::Router;
use kyc::{Kyc, config::KycConfig, metrics::METRICS};
use shared::{
    app::App,
    aws,
    config::{Config, ConfigError, Env, LogConfig, both},
    http, log,
    time::Clock,
};

// One request at a time: a second thread would only cost switches.
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    let env = Env::process();
    log::init(LogConfig::read(env!("CARGO_PKG_NAME"), &METRICS, &env));
    http::run(router(&env)).await
}

async fn router(env: &Env<'_>) -> Result<Router, ConfigError> {
    let (config, own) = both(Config::read(env), KycConfig::read(env))?;
    let is_there = aws::is_there(config.stage);
    let aws = aws::sdk_config(&config.region);
    let app = App::new(config, &aws, Clock::default());
    let kyc = Kyc::new(app, own, &aws);
    if is_there {
        kyc.warm_up().await;
    }
    Ok(kyc::router(kyc))
}
