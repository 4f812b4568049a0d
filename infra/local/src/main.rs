//! The local AWS as a process. Its settings are environment variables, which infra/local.toml has for `make aws` and `make dev`:
//!
//! | variable | |
//! | --- | --- |
//! | `LOCAL_AWS_ADDR` | address to listen on |
//! | `LOCAL_STATE` | directory that keeps everything |
//! | `LOCAL_TEMPLATE` | the template that declares the tables and the roles |
//! | `TABLE_PREFIX` | first part of the table names |
//! | `API_URL` | where cargo-lambda serves the functions: their invocations, and the API, which reports of identity providers are sent to |
//! | `KYC_WEBHOOK_SECRETS` | what signs them; counts with `STAGE=local` alone, as elsewhere it is sealed; optional |
//! | `KYC_WEBHOOK_TOKEN` | the bearer token that they show besides; optional |
//! | `AWS_REGION` | region in ARNs and in our own calls |
//! | `STAGE` | the stage that the roles are bound to |
//! | `MAIL_FROM` | the sender that `mail` may use |
//! | `SES_CONFIGURATION_SET` | the configuration set that `mail` may use |
//! | `AWS_UPSTREAM` | base URL of another AWS emulator that answers instead; optional |

use std::error::Error;
use std::io;
use std::process::ExitCode;

use local::{Functions, LocalAws, Options};
use paper::Identity;
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

#[tokio::main]
async fn main() -> ExitCode {
    log();
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("local AWS: {}", chain(&*error));
            ExitCode::FAILURE
        }
    }
}

/// Warnings, to the standard error. The database warns of every failed condition, which is its daily work.
fn log() {
    let levels = Targets::new().with_default(LevelFilter::WARN).with_target("dynoxide", LevelFilter::ERROR);
    tracing_subscriber::registry().with(levels).with(fmt::layer().with_writer(io::stderr)).init();
}

async fn run() -> Result<(), Box<dyn Error>> {
    let mut terminate = signal(SignalKind::terminate())?;
    let local = LocalAws::start(options()?).await?;
    println!("local AWS on {}", local.url());
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted?,
        _ = terminate.recv() => {}
    }
    local.shutdown().await;
    Ok(())
}

fn options() -> Result<Options, Box<dyn Error>> {
    let listen = required("LOCAL_AWS_ADDR")?;
    Ok(Options {
        listen: listen.parse().map_err(|error| format!("LOCAL_AWS_ADDR {listen}: {error}"))?,
        state: Some(required("LOCAL_STATE")?.into()),
        upstream: setting("AWS_UPSTREAM"),
        table_prefix: required("TABLE_PREFIX")?,
        functions: Functions::At(required("API_URL")?),
        schedules: true,
        identity: identity()?,
        region: required("AWS_REGION")?,
        stage: required("STAGE")?,
        sender: required("MAIL_FROM")?,
        configuration_set: required("SES_CONFIGURATION_SET")?,
        ..Options::new(required("LOCAL_TEMPLATE")?)
    })
}

/// None where the secrets are sealed, or where there are none.
fn identity() -> Result<Option<Identity>, Box<dyn Error>> {
    let secrets = setting("KYC_WEBHOOK_SECRETS").filter(|_| setting("STAGE").as_deref() == Some("local"));
    let Some(secrets) = secrets else {
        return Ok(None);
    };
    // Not the parser's own words: they may quote a secret.
    let secrets = serde_json::from_str(&secrets);
    let secrets = secrets.map_err(|_| "KYC_WEBHOOK_SECRETS is no JSON object of lists of texts")?;
    Ok(Some(Identity { api: required("API_URL")?, secrets, token: setting("KYC_WEBHOOK_TOKEN") }))
}

fn required(name: &str) -> Result<String, String> {
    setting(name).ok_or_else(|| format!("{name} is not set: `make aws` starts it with infra/local.toml"))
}

/// An empty variable counts as unset.
#[expect(clippy::disallowed_methods, reason = "the settings of this process, read once")]
fn setting(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

fn chain(error: &dyn Error) -> String {
    std::iter::successors(Some(error), |&error| error.source()).map(ToString::to_string).collect::<Vec<_>>().join(": ")
}
