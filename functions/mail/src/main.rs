//! The Lambda function `mail`.

use lambda_runtime::{Error, LambdaEvent, service_fn};
use mail::{Postman, config::MailConfig, metrics::METRICS};
use shared::{
    aws,
    config::{Config, ConfigError, Env, LogConfig, both},
    log,
    start::start,
    time::Clock,
};
use tracing::Instrument;

// One request at a time: a second thread would only cost switches.
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let env = Env::process();
    log::init(LogConfig::read(env!("CARGO_PKG_NAME"), &METRICS, &env));
    start(postman(&env), serve).await
}

async fn postman(env: &Env<'_>) -> Result<Postman, ConfigError> {
    let (config, own) = both(Config::read(env), MailConfig::read(env))?;
    let postman = Postman::new(&config, own, &aws::sdk_config(&config.region), Clock::default());
    if aws::is_there(config.stage) {
        postman.warm_up().await;
    }
    Ok(postman)
}

async fn serve(postman: Postman) -> Result<(), Error> {
    let postman = &postman;
    lambda_runtime::run(service_fn(|event: LambdaEvent<_>| async move {
        let invocation = log::invocation(&event.context, None);
        let answer = postman.handle(event.payload).instrument(invocation).await;
        answer.map_err(|error| Error::from(format!("{error:?}")))
    }))
    .await
}
