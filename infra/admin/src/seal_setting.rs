//! `seal-setting`: seals a secret that is a setting of a function.

use std::process::ExitCode;

use clap::{Args, builder::PossibleValuesParser};
use shared::seal::Seal;

use crate::{
    operator::{Failure, Operator},
    typed_secret,
};

/// The settings that are secrets, but for webhook secrets.
const SETTINGS: [&str; 1] = ["CHALLENGE_SECRET"];

/// Seal a secret that is a setting.
///
/// Reads the secret from the standard input and prints it as the setting takes it, sealed under the key `KMS_KEY_ID`: the one that the
/// function has.
#[derive(Args)]
pub struct Arguments {
    /// Which setting it is for.
    #[arg(value_name = "SETTING", value_parser = PossibleValuesParser::new(SETTINGS))]
    pub setting: String,
}

/// The subcommand: the sealed secret on the standard output.
///
/// # Errors
/// Why there is nothing to seal, or why it cannot be sealed.
pub async fn run(operator: &Operator, Arguments { setting }: &Arguments) -> Result<ExitCode, Failure> {
    let secret = typed_secret::read(setting)?;
    println!("{}", seal(operator, setting, &secret).await?);
    Ok(ExitCode::SUCCESS)
}

/// Seals it: base64, which opens in the function as this setting and as no other.
///
/// # Errors
/// Without `KMS_KEY_ID`, or when KMS refuses.
pub async fn seal(operator: &Operator, setting: &str, secret: &str) -> Result<String, Failure> {
    let key_id = operator.kms_key_id.as_ref().ok_or("KMS_KEY_ID is not set")?;
    Ok(Seal::new(&operator.aws, key_id).seal_setting(setting, secret.as_bytes()).await?)
}
