//! The Lambda function `auth`.

use shared::{
    app::App,
    aws,
    config::{AuthConfig, Config, Env, LogConfig},
    http, log,
    time::Clock,
};

// One request at a time: a second thread would only cost switches.
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    let env = Env::process();
    log::init(LogConfig::read(env!("CARGO_PKG_NAME"), &env));
    let aws = aws::sdk_config();
    let app = App::new(Config::read(&env)?, &aws, Clock::default());
    let auth = auth::Auth::new(app, AuthConfig::read(&env)?, &aws);
    auth.warm_up().await;
    http::run(auth::router(auth)).await
}
