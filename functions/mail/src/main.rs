//! The Lambda function `mail`.

use lambda_runtime::{LambdaEvent, service_fn};
use shared::{
    aws,
    config::{Config, Env, LogConfig, MailConfig},
    log,
    time::Clock,
};
use tracing::Instrument;

// One request at a time: a second thread would only cost switches.
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let env = Env::process();
    log::init(LogConfig::read(env!("CARGO_PKG_NAME"), &env));
    let aws = aws::sdk_config();
    let postman = mail::Postman::new(&Config::read(&env)?, MailConfig::read(&env)?, &aws, Clock::default());
    postman.warm_up().await;
    let postman = &postman;
    lambda_runtime::run(service_fn(|event: LambdaEvent<_>| async move {
        let invocation = log::invocation(&event.context, None);
        let answer = postman.handle(event.payload).instrument(invocation).await;
        answer.map_err(|error| lambda_runtime::Error::from(format!("{error:?}")))
    }))
    .await
}
