//! The Lambda function `api-keys`.

use shared::{
    app::App,
    aws,
    config::{Config, Env, log_level},
    http, log,
    time::Clock,
};

#[tokio::main]
async fn main() -> Result<(), lambda_http::Error> {
    let env = Env::process();
    log::init(log_level(&env));
    let app = App::new(Config::read(&env)?, &aws::sdk_config().await, Clock::default());
    app.warm_up().await;
    http::run(api_keys::router(app)).await
}
