//! The Lambda function `mail`.

use std::sync::Arc;

use mail::{Postman, config::MailConfig, metrics::METRICS};
use shared::{
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

async fn function(env: &Env<'_>) -> Result<Function<Arc<Postman>>, ConfigError> {
    let ((config, own), clock) = both(both(Config::read(env), MailConfig::read(env)), Clock::read(env))?;
    let postman = Postman::new(&config, own, &aws::sdk_config(&config.region), clock);
    postman.warm_up().await;
    Ok(mail::function(Arc::new(postman)))
}
