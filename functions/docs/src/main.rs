//! The Lambda function `docs`.

use shared::{
    config::{Env, LogConfig},
    http, log,
};

// One request at a time: a second thread would only cost switches.
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    log::init(LogConfig::read(env!("CARGO_PKG_NAME"), &Env::process()));
    http::run(docs::router()).await
}
