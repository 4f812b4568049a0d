//! The settings of `auth`.

#[cfg(test)]
mod tests;

use shared::config::{ConfigError, Env, Stage, both};

use crate::challenge::Challenge;

/// What `auth` needs besides the settings of every function.
#[derive(Clone, Debug)]
pub struct AuthConfig {
    /// `KMS_KEY_ID`: the key that seals pepper, link key, signing key and account key.
    pub kms_key_id: String,
    /// `PRODUCT_NAME`: how the service calls itself to people.
    pub product: String,
    /// `SIGN_IN_URL`: where a verified user goes next; optional.
    pub sign_in_url: Option<String>,
    /// `AUTO_CONFIRM`: sign-up creates the account at once, without proof of the address. Only on `local` and `dev`.
    pub auto_confirm: bool,
    /// `CHALLENGE`: what clients are asked for while somebody attacks, `pow` (default), `turnstile` or `off`. For `turnstile`
    /// `CHALLENGE_SITE_KEY`, `CHALLENGE_SECRET` (sealed by `admin seal-setting`; in the clear on the stage local) and, on `local` alone,
    /// `CHALLENGE_URL`: where it is played, http://HOST:PORT.
    pub challenge: Challenge,
}

impl AuthConfig {
    /// Reads the settings of `auth`.
    ///
    /// # Errors
    /// Names the settings that are missing, malformed or not allowed on this stage.
    pub fn read(env: &Env<'_>) -> Result<Self, ConfigError> {
        let shown = both(env.shown("PRODUCT_NAME"), env.url("SIGN_IN_URL"));
        let rest = both(env.required("KMS_KEY_ID"), auto_confirm(env));
        let rest = both(rest, Challenge::read(env));
        let ((product, sign_in_url), ((kms_key_id, auto_confirm), challenge)) = both(shown, rest)?;
        Ok(Self { kms_key_id, product, sign_in_url, auto_confirm, challenge })
    }
}

fn auto_confirm(env: &Env<'_>) -> Result<bool, ConfigError> {
    let auto_confirm = env.switch("AUTO_CONFIRM")?;
    if auto_confirm && !matches!(Stage::read(env)?, Stage::Local | Stage::Dev) {
        return Err(ConfigError::new("AUTO_CONFIRM is allowed on the stages local and dev only"));
    }
    Ok(auto_confirm)
}
