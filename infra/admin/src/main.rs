//! `cargo run -p admin -- SUBCOMMAND`; settings come from the environment, as those of the functions do.

use std::{error::Error, process::ExitCode};

use admin::{Cli, Operator, config::OperatorConfig};
use clap::Parser;
use shared::{
    config::{Env, both},
    time::Clock,
};

#[tokio::main]
async fn main() -> ExitCode {
    run(Cli::parse()).await.unwrap_or_else(|error| {
        eprintln!("admin: {error}");
        ExitCode::FAILURE
    })
}

async fn run(cli: Cli) -> Result<ExitCode, Box<dyn Error>> {
    let env = Env::process();
    let (config, clock) = both(OperatorConfig::read(&env), Clock::read(&env))?;
    let operator = Operator::new(&config, admin::aws().await);
    Ok(cli.run(&operator, &clock).await?)
}
