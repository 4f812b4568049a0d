//! The Lambda function `docs`.

use shared::{
    config::{Env, LogConfig},
    http, log,
};

#[tokio::main]
async fn main() -> Result<(), lambda_http::Error> {
    log::init(LogConfig::read("docs", &Env::process()));
    http::run(docs::router()).await
}
