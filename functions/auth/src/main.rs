//! The Lambda function `auth`.

use auth::{Auth, config::AuthConfig, metrics::METRICS};
use axum::Router;
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
    let (config, own) = both(Config::read(env), AuthConfig::read(env))?;
    let is_there = aws::is_there(config.stage);
    let aws = aws::sdk_config(&config.region);
    let app = App::new(config, &aws, Clock::default());
    let auth = Auth::new(app, own, &aws);
    if is_there {
        auth.warm_up().await;
    }
    Ok(auth::router(auth))
}
