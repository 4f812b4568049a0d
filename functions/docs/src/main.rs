//! The Lambda function `docs`.

use std::future::ready;

use shared::{
    config::{Env, LogConfig, Stage, both},
    edge::Edge,
    log, start,
};

// One request at a time: a second thread would only cost switches.
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    let env = Env::process();
    log::init(LogConfig::read(env!("CARGO_PKG_NAME"), &[], &env));
    start::run(ready(both(Stage::read(&env), Edge::read(&env)).map(|(stage, edge)| docs::function(stage, edge)))).await
}
