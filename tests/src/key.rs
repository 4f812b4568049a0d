//! The KMS keys of the template, and which function uses which.

use std::{fs, path::PathBuf, sync::LazyLock};

use serde_json::Value;

/// A KMS key of the template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// `DataKey`: the service's own secrets.
    Data,
    /// `VaultKey`: users' exchange keys.
    Vault,
}

static TEMPLATE: LazyLock<Value> = LazyLock::new(|| {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../template.yaml");
    local::yaml::parse(&fs::read_to_string(path).expect("a file")).expect("a template")
});

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
    /// When it tells it none.
    #[must_use]
    pub fn of(binary: &str) -> Self {
        let resources = TEMPLATE["Resources"].as_object().into_iter().flatten().map(|(_, resource)| resource);
        let mut functions = resources.filter(|resource| resource["Metadata"]["BuildProperties"]["Binary"] == binary);
        let own = &functions.next().expect("a function")["Properties"];
        let variables = |properties: &'static Value| properties["Environment"]["Variables"].get("KMS_KEY_ID");
        let id = variables(own).or_else(|| variables(&TEMPLATE["Globals"]["Function"]));
        let id = id.and_then(|id| id["Fn::GetAtt"][0].as_str());
        let key = [Self::Data, Self::Vault].into_iter().find(|key| id == Some(key.logical_id()));
        key.expect("a key of the template")
    }
}
