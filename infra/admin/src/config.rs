//! The settings of the operators' tool.

use shared::config::{ConfigError, Env, Stage, both};

/// What operators' tools need.
#[derive(Clone, Debug)]
pub struct OperatorConfig {
    /// `STAGE`: local, dev, staging or prod. Sealed records are bound to it.
    pub stage: Stage,
    /// `TABLE_PREFIX`: whose tables.
    pub table_prefix: String,
    /// `KMS_KEY_ID`: the key that seals what is put into settings.
    pub kms_key_id: Option<String>,
}

impl OperatorConfig {
    /// Reads the settings of operators' tools.
    ///
    /// # Errors
    /// Names the settings that are missing or malformed.
    pub fn read(env: &Env<'_>) -> Result<Self, ConfigError> {
        let (stage, table_prefix) = both(Stage::read(env), env.required("TABLE_PREFIX"))?;
        Ok(Self { stage, table_prefix, kms_key_id: env.optional("KMS_KEY_ID") })
    }
}
