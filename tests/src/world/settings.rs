//! How the functions are configured.

use std::{sync::Arc, time::Duration};

use api_keys::config::VaultConfig;
use auth::{
    challenge::Challenge,
    config::{AuthConfig, BreachedPasswords},
    mfa::webauthn::RelyingParty,
};
use kyc::{config::KycConfig, providers::Provider};
use local::LocalAws;
use mail::config::MailConfig;

use shared::{config::Stage, language::Languages};

use crate::{function::Function, key::Key};

/// Where the API of these tests lives.
pub const APP_URL: &str = "https://api.example.com";
const PRODUCT: &str = "Tested & Tried";

/// The settings of each function that has some, but for the log.
#[derive(Clone)]
pub struct Settings {
    /// Of `auth`: addresses have to be proven, and nobody is asked for stolen passwords. All people come from one client address, so its
    /// limits are out of reach.
    pub auth: AuthConfig,
    /// Of `api-keys`: exchanges are played by the local AWS.
    pub vault: VaultConfig,
    /// Of `kyc`: all providers are configured, Sumsub is the usual one, and there is no second lock.
    pub kyc: KycConfig,
    /// Of `mail`.
    pub mail: MailConfig,
}

/// Whoever asks for passkeys here: the front end, whose pages are elsewhere than the API.
#[must_use]
pub fn relying_party() -> RelyingParty {
    let origins = vec!["https://app.example.com".to_owned()];
    RelyingParty::new("example.com".to_owned(), origins, Stage::Local).expect("a relying party")
}

impl Settings {
    /// The usual ones, under the KMS keys of the template.
    pub(super) fn on(aws: &LocalAws) -> Self {
        let key = |function: Function| aws.key(Key::of(function.binary()).logical_id()).expect("a key");
        Self {
            auth: AuthConfig {
                kms_key_id: key(Function::Auth),
                product: PRODUCT.to_owned(),
                sign_in_url: Some("https://app.example.com/sign-in".to_owned()),
                languages: Languages::default(),
                auto_confirm: false,
                longest_session: Duration::from_hours(365 * 24),
                challenge: Challenge::Work,
                logins_per_address: 30,
                ip_limit_factor: 1_000,
                mails_per_hour: 2_000,
                breached_passwords: BreachedPasswords::Off,
                freeze: Duration::from_hours(24),
                imported_hashes: Arc::default(),
                relying_party: relying_party(),
            },
            vault: VaultConfig {
                kms_key_id: key(Function::ApiKeys),
                allow_withdrawal_keys: false,
                require_kyc: false,
                require_mfa: false,
                exchange_proxy: aws.url().strip_prefix("http://").map(str::to_owned),
            },
            kyc: KycConfig {
                provider: provider("sumsub"),
                secrets: kyc::providers::ALL.iter().map(|provider| webhook_secrets(provider.id)).collect(),
                token: None,
                kms_key_id: key(Function::Kyc),
                retention_days: 1_826,
            },
            mail: MailConfig {
                kms_key_id: key(Function::Mail),
                product: PRODUCT.to_owned(),
                sign_in_url: None,
                languages: Languages::default(),
                mail_from: "no-reply@bitcain.example".to_owned(),
                configuration_set: "local".to_owned(),
            },
        }
    }
}

/// The provider called `id`.
///
/// # Panics
/// When there is none.
#[must_use]
pub fn provider(id: &str) -> &'static Provider {
    kyc::providers::find(id).expect("a provider")
}

/// What proves the reports of a provider in tests: the newer secret first.
#[must_use]
pub fn webhook_secrets(provider: &str) -> (String, Vec<String>) {
    (provider.to_owned(), vec![format!("{provider}-secret"), format!("{provider}-old-secret")])
}
