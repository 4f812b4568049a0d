//! The settings of `mail`.

#[cfg(test)]
mod tests;

use shared::{
    config::{ConfigError, Env, both},
    language::Languages,
};

/// What `mail` needs besides the settings of every function.
#[derive(Clone, Debug)]
pub struct MailConfig {
    /// `KMS_KEY_ID`: the key that seals the link key.
    pub kms_key_id: String,
    /// `PRODUCT_NAME`: who writes.
    pub product: String,
    /// `SIGN_IN_URL`: linked in the mail to somebody who already has an account; optional.
    pub sign_in_url: Option<String>,
    /// `LANGUAGES`: the languages that letters come in, by their codes; optional.
    pub languages: Languages,
    /// `MAIL_FROM`: the sender, an address that SES has verified.
    pub mail_from: String,
    /// `SES_CONFIGURATION_SET`: carries TLS, suppression and event settings.
    pub configuration_set: String,
}

impl MailConfig {
    /// Reads the settings of `mail`.
    ///
    /// # Errors
    /// Names the settings that are missing or malformed.
    pub fn read(env: &Env<'_>) -> Result<Self, ConfigError> {
        let shown = both(env.shown("PRODUCT_NAME"), env.url("SIGN_IN_URL"));
        let sent = both(env.required("MAIL_FROM"), env.required("SES_CONFIGURATION_SET"));
        let letters = both(both(shown, Languages::read(env)), sent);
        let (kms_key_id, (((product, sign_in_url), languages), (mail_from, configuration_set))) =
            both(env.required("KMS_KEY_ID"), letters)?;
        Ok(Self { kms_key_id, product, sign_in_url, languages, mail_from, configuration_set })
    }
}
