//! The Lambda function `docs`.

use shared::{
    config::{Env, log_level},
    http, log,
};

#[tokio::main]
async fn main() -> Result<(), lambda_http::Error> {
    log::init(log_level(&Env::process()));
    http::run(docs::router()).await
}
