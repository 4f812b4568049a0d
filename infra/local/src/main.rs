//! The local AWS as a process. Its settings are environment variables:
//!
//! | variable | default | |
//! | --- | --- | --- |
//! | `LOCAL_AWS_ADDR` | `127.0.0.1:9100` | address to listen on |
//! | `LOCAL_STATE` | `.local` | directory that keeps everything |
//! | `LOCAL_TEMPLATE` | `template.yaml` | the template that declares the tables and the roles |
//! | `TABLE_PREFIX` | `local` | first part of the table names |
//! | `MAIL_FUNCTION_URL` | cargo-lambda's | where the `mail` function is invoked |
//! | `API_URL` | cargo-lambda's | where reports of identity providers are sent |
//! | `KYC_WEBHOOK_SECRETS` | none | what signs them; counts with `STAGE=local` alone, as elsewhere it is sealed |
//! | `KYC_WEBHOOK_TOKEN` | none | the bearer token that they show besides |
//! | `AWS_REGION` | `us-east-1` | region in ARNs and in our own calls |
//! | `STAGE` | `local` | the stage that the roles are bound to |
//! | `MAIL_FROM` | `no-reply@bitcain.example` | the sender that `mail` may use |
//! | `SES_CONFIGURATION_SET` | `local` | the configuration set that `mail` may use |
//! | `AWS_UPSTREAM` | none | base URL of another AWS emulator that answers instead |

use std::error::Error;
use std::io;
use std::process::ExitCode;

use local::{Identity, LocalAws, MailFunction, Options};
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

const API_URL: &str = "http://127.0.0.1:9000";
const MAIL_FUNCTION_URL: &str = "http://127.0.0.1:9000/2015-03-31/functions/mail/invocations";

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
    let defaults = Options::new(setting("LOCAL_TEMPLATE", "template.yaml"));
    let listen = setting("LOCAL_AWS_ADDR", "127.0.0.1:9100");
    Ok(Options {
        listen: listen.parse().map_err(|error| format!("LOCAL_AWS_ADDR {listen}: {error}"))?,
        state: Some(setting("LOCAL_STATE", ".local").into()),
        upstream: Some(setting("AWS_UPSTREAM", "")).filter(|url| !url.is_empty()),
        table_prefix: setting("TABLE_PREFIX", "local"),
        mail: MailFunction::Url(setting("MAIL_FUNCTION_URL", MAIL_FUNCTION_URL)),
        schedules: true,
        identity: identity()?,
        region: setting("AWS_REGION", "us-east-1"),
        stage: setting("STAGE", &defaults.stage),
        sender: setting("MAIL_FROM", &defaults.sender),
        configuration_set: setting("SES_CONFIGURATION_SET", &defaults.configuration_set),
        ..defaults
    })
}

/// None where the secrets are sealed, or where there are none.
fn identity() -> Result<Option<Identity>, Box<dyn Error>> {
    let secrets = setting("KYC_WEBHOOK_SECRETS", "");
    if setting("STAGE", "") != "local" || secrets.is_empty() {
        return Ok(None);
    }
    // Not the parser's own words: they may quote a secret.
    let secrets = serde_json::from_str(&secrets);
    let secrets = secrets.map_err(|_| "KYC_WEBHOOK_SECRETS is no JSON object of lists of texts")?;
    let token = Some(setting("KYC_WEBHOOK_TOKEN", "")).filter(|token| !token.is_empty());
    Ok(Some(Identity { api: setting("API_URL", API_URL), secrets, token }))
}

/// An empty variable counts as unset.
#[expect(clippy::disallowed_methods, reason = "the settings of this process, read once")]
fn setting(name: &str, default: &str) -> String {
    std::env::var(name).ok().filter(|value| !value.is_empty()).unwrap_or_else(|| default.to_owned())
}

fn chain(error: &dyn Error) -> String {
    std::iter::successors(Some(error), |&error| error.source()).map(ToString::to_string).collect::<Vec<_>>().join(": ")
}
