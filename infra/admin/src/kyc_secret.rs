//! `kyc-secret`: seals what proves the reports of an identity provider, for the settings of the function.

use std::{
    io::{self, IsTerminal, Read},
    process::ExitCode,
};

use clap::{Args, builder::PossibleValuesParser};
use console::Term;
use kyc::providers;
use shared::seal::Seal;
use zeroize::Zeroizing;

use crate::operator::{Failure, Operator};

/// Under which name the token is sealed.
const TOKEN: &str = "token";
/// What KMS seals in one call. Bytes.
const MAX_SECRET: usize = 4096;

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
    let secret = if io::stdin().is_terminal() { typed(provider)? } else { piped(io::stdin())? };
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

/// A secret as another program writes it: all of it, but for the end of its last line.
///
/// # Errors
/// When there is none, or when it cannot be one.
pub fn piped(input: impl Read) -> Result<Zeroizing<String>, Failure> {
    // Room for more than is ever read: a text that grows leaves copies behind.
    let mut text = Zeroizing::new(String::with_capacity(2 * MAX_SECRET));
    input.take(MAX_SECRET as u64 + 3).read_to_string(&mut text).map_err(|_| "the secret cannot be read as text")?;
    if text.ends_with('\n') {
        text.pop();
        if text.ends_with('\r') {
            text.pop();
        }
    }
    checked(text)
}

/// A secret as a person types it, unseen.
fn typed(provider: &str) -> Result<Zeroizing<String>, Failure> {
    eprint!("the webhook secret of {provider} (it is not shown): ");
    let line = Term::stderr().read_secure_line().map_err(|_| "the terminal cannot be read")?;
    checked(Zeroizing::new(line))
}

/// The function takes no secret that everybody knows.
fn checked(secret: Zeroizing<String>) -> Result<Zeroizing<String>, Failure> {
    if secret.trim().is_empty() {
        return Err("the secret is empty".into());
    }
    if secret.len() > MAX_SECRET {
        return Err("the secret is longer than 4096 bytes".into());
    }
    Ok(secret)
}

fn names() -> impl Iterator<Item = &'static str> {
    providers::ALL.into_iter().map(|provider| provider.id).chain([TOKEN])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_the_line_is_no_part_of_a_secret_and_everything_else_is() {
        for (input, secret) in
            [("s", "s"), ("s\n", "s"), ("s\r\n", "s"), (" s \n", " s "), ("s\n\n", "s\n"), ("s\r", "s\r"), ("ä\n", "ä")]
        {
            assert_eq!(piped(input.as_bytes()).unwrap().as_str(), secret, "{input:?}");
        }
    }

    #[test]
    fn what_cannot_be_a_secret_is_refused_without_being_repeated() {
        let (longest, longer) = ("x".repeat(4096) + "\r\n", "canary".repeat(700));
        assert_eq!(piped(longest.as_bytes()).unwrap().len(), 4096);
        for input in ["".as_bytes(), b"\n", b" \t\n", b"canary\xff", longer.as_bytes(), "x".repeat(4097).as_bytes()] {
            let refusal = piped(input).unwrap_err().to_string();
            assert!(!refusal.contains("canary"), "{refusal}");
        }
    }
}
