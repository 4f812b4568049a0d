//! All keys, how they are named, and where they are kept.

use uuid::Uuid;

use super::key::{Key, invalid_ciphertext, sealed_by};
use crate::Error;
use crate::refusal::Refusal;
use crate::state::StateFile;

/// The account that everything here is in.
pub(crate) const ACCOUNT: &str = "000000000000";

/// The keys of one account in one region.
pub(super) struct Ring {
    keys: Vec<Key>,
    file: StateFile,
    /// What precedes `key/…` and `alias/…` in an ARN.
    arn_prefix: String,
}

impl Ring {
    /// Reads the keys of earlier runs.
    pub(super) fn open(file: StateFile, region: &str) -> Result<Self, Error> {
        let keys = file.read_json()?.unwrap_or_default();
        Ok(Self { keys, file, arn_prefix: format!("arn:aws:kms:{region}:{ACCOUNT}:") })
    }

    /// Makes and keeps a key, and tells its id.
    pub(super) fn create(&mut self, description: &str) -> Result<Uuid, Error> {
        let key = Key::generate(description)?;
        let id = key.id;
        self.keys.push(key);
        self.save()?;
        Ok(id)
    }

    /// Changes a key and keeps the change.
    pub(super) fn change(&mut self, name: &str, change: impl FnOnce(&mut Key)) -> Result<(), Refusal> {
        let id = self.find(name)?.id;
        if let Some(key) = self.keys.iter_mut().find(|key| key.id == id) {
            change(key);
        }
        self.save().map_err(|error| super::internal(&error))
    }

    /// The key behind an id, an alias, or the ARN of either.
    pub(super) fn find(&self, name: &str) -> Result<&Key, Refusal> {
        let local = name.strip_prefix(&self.arn_prefix);
        let found = match local.unwrap_or(name) {
            alias if alias.starts_with("alias/") => {
                self.keys.iter().find(|key| key.aliases.iter().any(|own| own == alias))
            }
            id => {
                // Only in an ARN is the id preceded by what it is the id of.
                let id = if local.is_some() { id.strip_prefix("key/").unwrap_or_default() } else { id };
                Uuid::try_parse(id).ok().and_then(|id| self.by_id(id))
            }
        };
        found.ok_or_else(|| self.not_found(name))
    }

    /// The key that sealed a ciphertext.
    pub(super) fn of_ciphertext(&self, ciphertext: &[u8]) -> Result<&Key, Refusal> {
        self.by_id(sealed_by(ciphertext)?).ok_or_else(invalid_ciphertext)
    }

    pub(super) fn arn(&self, key: &Key) -> String {
        format!("{}key/{}", self.arn_prefix, key.id)
    }

    fn by_id(&self, id: Uuid) -> Option<&Key> {
        self.keys.iter().find(|key| key.id == id)
    }

    fn not_found(&self, name: &str) -> Refusal {
        let message = match name.strip_prefix("alias/") {
            Some(_) => format!("Alias {}{name} is not found.", self.arn_prefix),
            None => format!("Key '{name}' does not exist"),
        };
        Refusal::new("NotFoundException", message)
    }

    fn save(&self) -> Result<(), Error> {
        let text = serde_json::to_string_pretty(&self.keys);
        let answer = |error: serde_json::Error| Error::Answer {
            operation: "keep the keys".to_owned(),
            reason: error.to_string(),
        };
        self.file.replace(&text.map_err(answer)?)
    }
}
