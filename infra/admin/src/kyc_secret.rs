//! `kyc-secret`: seals what proves the reports of an identity provider, for the settings of the function.

use std::process::ExitCode;

use clap::{Args, builder::PossibleValuesParser};
use kyc::providers;
use shared::seal::Seal;

use crate::{
    operator::{Failure, Operator},
    typed_secret,
};

/// Under which name the token is sealed.
const TOKEN: &str = "token";

/// Seal a webhook secret of an identity provider.
///
/// Reads the secret from the standard input and prints it as `KYC_WEBHOOK_SECRETS` takes it, sealed under the key `KMS_KEY_ID`: the
/// one that the function has.
#[derive(Args)]
pub struct Arguments {
    /// Whose secret it is; `token` stands for `KYC_WEBHOOK_TOKEN`.
    #[arg(value_name = "PROVIDER", value_parser = PossibleValuesParser::new(names()))]
    pub provider: String,
}

/// The subcommand: the sealed secret on the standard output, everything else on the standard error.
///
/// # Errors
/// Why there is nothing to seal, or why it cannot be sealed.
pub async fn run(operator: &Operator, Arguments { provider }: &Arguments) -> Result<ExitCode, Failure> {
    let secret = typed_secret::read(&format!("the webhook secret of {provider}"))?;
    println!("{}", seal(operator, provider, &secret).await?);
    if provider == TOKEN {
        eprintln!("KYC_WEBHOOK_TOKEN is this line.");
    } else {
        eprintln!("It goes into KYC_WEBHOOK_SECRETS, the newest first: {{\"{provider}\": [\"NEW\", \"OLD\"]}}");
    }
    Ok(ExitCode::SUCCESS)
}

/// Seals it: base64, which opens in the function as a secret of this provider and of no other.
///
/// # Errors
/// Without `KMS_KEY_ID`, or when KMS refuses.
pub async fn seal(operator: &Operator, provider: &str, secret: &str) -> Result<String, Failure> {
    let key_id = operator.kms_key_id.as_ref().ok_or("KMS_KEY_ID is not set")?;
    Ok(Seal::new(&operator.aws, key_id).seal_webhook_secret(provider, secret.as_bytes()).await?)
}

fn names() -> impl Iterator<Item = &'static str> {
    providers::ALL.into_iter().map(|provider| provider.id).chain([TOKEN])
}
