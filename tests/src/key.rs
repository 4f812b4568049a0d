//! The KMS keys of the template, and which function uses which.

use crate::function::Function;

/// A KMS key of the template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// `DataKey`: the service's own secrets.
    Data,
    /// `VaultKey`: users' exchange keys.
    Vault,
}

impl Key {
    /// What the template calls it.
    #[must_use]
    pub const fn logical_id(self) -> &'static str {
        match self {
            Self::Data => "DataKey",
            Self::Vault => "VaultKey",
        }
    }

    /// The one that the template tells a function to use, which has the name of its binary.
    ///
    /// # Panics
    /// When it tells it none, or there is no such function.
    #[must_use]
    pub fn of(binary: &str) -> Self {
        let function = Function::of_binary(binary).expect("a function");
        let id = function.variable("KMS_KEY_ID").and_then(|id| id["Fn::GetAtt"][0].as_str());
        let key = [Self::Data, Self::Vault].into_iter().find(|key| id == Some(key.logical_id()));
        key.expect("a key of the template")
    }
}
