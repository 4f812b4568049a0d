//! The Lambda function `kyc`.

use shared::{
    app::App,
    aws,
    config::{Config, Env, KycConfig, LogConfig},
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
    let kyc = kyc::Kyc::new(app, KycConfig::read(&env)?, &aws)?;
    kyc.warm_up().await;
    http::run(kyc::router(kyc)).await
}
