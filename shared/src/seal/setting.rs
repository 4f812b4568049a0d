//! Secrets among the settings.

use std::fmt;

use base64::{Engine, prelude::BASE64_STANDARD};
use zeroize::Zeroizing;

use super::Seal;
use crate::{
    config::{ConfigError, Env, Stage},
    error::Error,
};

/// A secret that is a setting: sealed by KMS under the setting's name, or, on the stage `local` alone, in the clear.
#[derive(Clone)]
pub struct SecretSetting {
    name: &'static str,
    text: String,
    is_clear: bool,
}

/// Its name alone.
impl fmt::Debug for SecretSetting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SecretSetting").field(&self.name).finish()
    }
}

impl SecretSetting {
    /// The setting `name`, if it has a value.
    ///
    /// # Errors
    /// When it is in the clear where users are real.
    pub fn read(env: &Env<'_>, name: &'static str) -> Result<Option<Self>, ConfigError> {
        let Some(text) = env.optional(name) else { return Ok(None) };
        let is_clear = !is_sealed(&text);
        if is_clear && Stage::read(env)? != Stage::Local {
            return Err(ConfigError::new(format!("{name} in the clear is allowed on the stage local only")));
        }
        Ok(Some(Self { name, text, is_clear }))
    }

    /// What is in it.
    ///
    /// # Errors
    /// `Unavailable` when KMS is; `Internal` when it was sealed for another setting, elsewhere, or is no text.
    pub async fn open(&self, seal: &Seal) -> Result<Zeroizing<String>, Error> {
        if self.is_clear {
            return Ok(Zeroizing::new(self.text.clone()));
        }
        let bytes = seal.open_setting(self.name, &self.text).await?;
        let text =
            std::str::from_utf8(&bytes).map_err(|_| Error::internal("a secret among the settings is no text"))?;
        Ok(Zeroizing::new(text.to_owned()))
    }
}

/// Whether a text can be what KMS returns: base64 of more bytes than any secret has that others give out.
#[must_use]
pub fn is_sealed(text: &str) -> bool {
    BASE64_STANDARD.decode(text).is_ok_and(|bytes| bytes.len() > 128)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(stage: &str, text: &str) -> Result<Option<SecretSetting>, ConfigError> {
        let lookup = |name: &str| Some(if name == "STAGE" { stage } else { text }.to_owned());
        SecretSetting::read(&Env::new(&lookup), "A_SECRET")
    }

    #[test]
    fn only_a_laptop_has_secrets_in_the_clear_and_nobody_prints_them() {
        let sealed = BASE64_STANDARD.encode([7; 129]);
        for (stage, may_be_clear) in [("local", true), ("dev", false), ("staging", false), ("prod", false)] {
            assert_eq!(read(stage, "canary").is_ok(), may_be_clear, "{stage}");
            assert!(read(stage, &sealed).unwrap().is_some() && read(stage, "").unwrap().is_none(), "{stage}");
        }
        assert!(!format!("{:?}{:?}", read("local", "canary"), read("prod", "canary")).contains("canary"));
    }
}
