//! The Lambda function `mail`.

use lambda_runtime::{LambdaEvent, service_fn};
use shared::{
    aws,
    config::{Config, Env, MailConfig, log_level},
    log,
    time::Clock,
};
use tracing::{Instrument, info_span};

#[tokio::main]
async fn main() -> Result<(), lambda_runtime::Error> {
    let env = Env::process();
    log::init(log_level(&env));
    let aws = aws::sdk_config().await;
    let postman = mail::Postman::new(&Config::read(&env)?, MailConfig::read(&env)?, &aws, Clock::default());
    postman.warm_up().await;
    let postman = &postman;
    lambda_runtime::run(service_fn(|event: LambdaEvent<_>| async move {
        let batch = info_span!("batch", request_id = event.context.request_id);
        let answer = postman.handle(event.payload).instrument(batch).await;
        answer.map_err(|error| lambda_runtime::Error::from(format!("{error:?}")))
    }))
    .await
}
