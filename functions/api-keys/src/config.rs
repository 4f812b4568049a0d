//! The settings of `api-keys`.

#[cfg(test)]
mod tests;

use shared::config::{ConfigError, Env, both};

/// What `api-keys` needs besides the settings of every function.
#[derive(Clone, Debug)]
pub struct VaultConfig {
    /// `KMS_KEY_ID`: the key that wraps the data keys of new records and seals the vault's own secret.
    pub kms_key_id: String,
    /// `ALLOW_WITHDRAWAL_KEYS`: keys that can withdraw are given out and used like others.
    pub allow_withdrawal_keys: bool,
    /// `REQUIRE_KYC`: keys are stored for users whose identity is proven only.
    pub require_kyc: bool,
    /// `REQUIRE_MFA`: keys are stored for accounts with second factors only, and shown to no others.
    pub require_mfa: bool,
    /// `EXCHANGE_PROXY`: where requests to exchanges go instead, `host:port` of an http URL. Only on `local`.
    pub exchange_proxy: Option<String>,
}

impl VaultConfig {
    /// Reads the settings of `api-keys`.
    ///
    /// # Errors
    /// Names the settings that are missing, malformed or not allowed on this stage.
    pub fn read(env: &Env<'_>) -> Result<Self, ConfigError> {
        let owners = both(env.switch("REQUIRE_KYC"), env.switch("REQUIRE_MFA"));
        let rules = both(env.switch("ALLOW_WITHDRAWAL_KEYS"), owners);
        let rest = both(env.required("KMS_KEY_ID"), env.stand_in("EXCHANGE_PROXY"));
        let ((allow_withdrawal_keys, (require_kyc, require_mfa)), (kms_key_id, exchange_proxy)) = both(rules, rest)?;
        Ok(Self { kms_key_id, allow_withdrawal_keys, require_kyc, require_mfa, exchange_proxy })
    }
}
