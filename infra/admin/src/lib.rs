//! The operators' tool: what is done by hand, seldom, and by nobody but them. One file for each subcommand.

pub mod account_change;
pub mod account_show;
pub mod account_unlock;
mod bar;
pub mod challenge;
pub mod config;
pub mod endings_show;
pub mod events_check;
pub mod events_show;
mod identity_check;
pub mod kyc_secret;
pub mod kyc_set;
pub mod kyc_show;
pub mod mail_resend;
pub mod mfa_reset;
pub mod mfa_show;
mod operator;
pub mod rewrap;
pub mod rewrap_secrets;
pub mod rotate_account_key;
pub mod rotate_link_key;
pub mod rotate_pepper;
pub mod rotate_signing_key;
pub mod seal_setting;
pub mod secrets_show;
pub mod sessions_end;
pub mod sign_up;
mod successor;
pub mod switching;
mod together;
pub mod trail;
pub mod typed_secret;
pub mod users_import;
pub mod vault_freeze;
pub mod vault_unfreeze;

use std::process::ExitCode;

use auth::operators;
use clap::{Parser, Subcommand};
use shared::time::Clock;

pub use operator::{Failure, Operator, aws};
pub use successor::Rotation;

/// Work on a deployment that no request may do. STAGE and `TABLE_PREFIX` say which; region and credentials are AWS's usual variables.
#[derive(Parser)]
#[command(name = "admin", version)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    RotateSigningKey(rotate_signing_key::Arguments),
    RotatePepper(rotate_pepper::Arguments),
    RotateLinkKey(rotate_link_key::Arguments),
    RotateAccountKey(rotate_account_key::Arguments),
    SecretsShow(secrets_show::Arguments),
    Rewrap(rewrap::Arguments),
    RewrapSecrets(rewrap_secrets::Arguments),
    KycSecret(kyc_secret::Arguments),
    KycSet(kyc_set::Arguments),
    KycShow(kyc_show::Arguments),
    AccountShow(account_show::Arguments),
    AccountUnlock(account_unlock::Arguments),
    MfaShow(mfa_show::Arguments),
    MfaReset(mfa_reset::Arguments),
    AccountBan(account_change::BanArguments),
    /// Suspend an account no longer. Tells how it stands, and with --yes does it.
    AccountUnban(account_change::Arguments),
    /// Have an account deleted in a week, as if its owner had asked for it. Tells how it stands, and with --yes does it.
    AccountEnd(account_change::Arguments),
    /// List the accounts that are to be deleted, and what is done of each.
    EndingsShow,
    SessionsEnd(sessions_end::Arguments),
    VaultUnfreeze(vault_unfreeze::Arguments),
    /// Have the vault show no secret and sign nothing, for nobody.
    ///
    /// Tells how it stands, and with --yes changes it. Functions know within half a minute. Faster, and for whoever holds a role of the vault,
    /// too: switch its KMS key off.
    VaultFreeze(switching::Arguments<vault_freeze::Wanted>),
    /// Let nobody sign up, or everybody again.
    ///
    /// Tells how it stands, and with --yes changes it. Functions know within half a minute. Who has signed up by then may still prove the address.
    SignUp(switching::Arguments<sign_up::Wanted>),
    /// Have everybody solve a challenge before signing in, signing up or asking for a letter.
    ///
    /// Tells how it stands, and with --yes changes it. Functions know within half a minute. Where the setting CHALLENGE is off, nobody is asked.
    Challenge(switching::Arguments<challenge::Wanted>),
    EventsShow(events_show::Arguments),
    EventsCheck(events_check::Arguments),
    MailResend(mail_resend::Arguments),
    SealSetting(seal_setting::Arguments),
    UsersImport(users_import::Arguments),
}

impl Cli {
    /// Does what was asked for, by the clock of the functions; the exit code says whether all of it is done.
    ///
    /// # Errors
    /// Why it could not go on.
    pub async fn run(self, operator: &Operator, clock: &Clock) -> Result<ExitCode, Failure> {
        match self.command {
            Command::RotateSigningKey(arguments) => rotate_signing_key::run(operator, &arguments, clock).await,
            Command::RotatePepper(arguments) => rotate_pepper::run(operator, &arguments, clock).await,
            Command::RotateLinkKey(arguments) => rotate_link_key::run(operator, &arguments, clock).await,
            Command::RotateAccountKey(arguments) => rotate_account_key::run(operator, &arguments, clock).await,
            Command::SecretsShow(arguments) => secrets_show::run(operator, &arguments, clock).await,
            Command::Rewrap(arguments) => rewrap::run(operator, &arguments).await,
            Command::RewrapSecrets(arguments) => rewrap_secrets::run(operator, &arguments).await,
            Command::KycSecret(arguments) => kyc_secret::run(operator, &arguments).await,
            Command::KycSet(arguments) => kyc_set::run(operator, &arguments, clock).await,
            Command::KycShow(arguments) => kyc_show::run(operator, &arguments).await,
            Command::AccountUnlock(arguments) => account_unlock::run(operator, &arguments, clock).await,
            Command::AccountBan(account_change::BanArguments { whose, reason }) => {
                account_change::run(operator, &whose, &operators::Command::Ban(reason.0), clock).await
            }
            Command::AccountUnban(whose) => {
                account_change::run(operator, &whose, &operators::Command::Unban, clock).await
            }
            Command::AccountEnd(whose) => account_change::run(operator, &whose, &operators::Command::End, clock).await,
            Command::EndingsShow => endings_show::run(operator, clock).await,
            Command::AccountShow(arguments) => account_show::run(operator, &arguments, clock).await,
            Command::MfaShow(arguments) => mfa_show::run(operator, &arguments, clock).await,
            Command::MfaReset(arguments) => mfa_reset::run(operator, &arguments, clock).await,
            Command::SessionsEnd(arguments) => sessions_end::run(operator, &arguments, clock).await,
            Command::VaultUnfreeze(arguments) => vault_unfreeze::run(operator, &arguments, clock).await,
            Command::VaultFreeze(arguments) => switching::run(operator, &arguments, clock).await,
            Command::SignUp(arguments) => switching::run(operator, &arguments, clock).await,
            Command::Challenge(arguments) => switching::run(operator, &arguments, clock).await,
            Command::EventsShow(arguments) => events_show::run(operator, &arguments).await,
            Command::EventsCheck(arguments) => events_check::run(operator, &arguments, clock).await,
            Command::MailResend(arguments) => mail_resend::run(operator, &arguments, clock).await,
            Command::SealSetting(arguments) => seal_setting::run(operator, &arguments).await,
            Command::UsersImport(arguments) => users_import::run(operator, &arguments, clock).await,
        }
    }
}
