//! The file that Coinbase lets a new key be downloaded in, pasted whole where the secret belongs.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::fields::Pasted;
use crate::exchanges::{Exchange, decoded, value_in};

/// Members that are not listed do not matter; one that comes twice is an error.
#[derive(Deserialize)]
struct Members<'a> {
    name: Option<String>,
    id: Option<String>,
    #[serde(borrow, rename = "privateKey")]
    private_key: &'a RawValue,
}

/// A key and its name. The key stays where it was read, as it stands there: a copy would have to be wiped.
pub struct KeyFile<'a> {
    pub(super) name: Pasted,
    pub(super) secret: &'a str,
}

impl<'a> KeyFile<'a> {
    /// The file in a secret. `None` when the secret is not meant as one, or the exchange gives out none.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn within(secret: &'a str, exchange: &Exchange) -> Option<Result<Self, &'static str>> {
        let text = value_in(secret);
        match exchange.id {
            "coinbase" if text.starts_with('{') => Some(Self::read(text, exchange)),
            "coinbase" if holds_file(text) => {
                Some(Err("secret is JSON in other text, in a list or in base64: bring the file alone, from { to }"))
            }
            _ => None,
        }
    }

    fn read(text: &'a str, exchange: &Exchange) -> Result<Self, &'static str> {
        let members: Members<'a> = serde_json::from_str(text)
            .map_err(|_| "secret must be the whole file, with privateKey and name or id in it, or the key alone")?;
        let name = match (members.name, members.id) {
            (Some(name), Some(id)) if exchange.name_of(&name) != exchange.name_of(&id) => {
                return Err("secret is a file with two different names of the key, name and id");
            }
            (Some(name), _) | (None, Some(name)) => name,
            (None, None) => return Err("secret is a file without the name of the key, name or id"),
        };
        let secret = members.private_key.get();
        if !secret.starts_with('"') {
            return Err("secret is a file whose privateKey is no text");
        }
        let name = Pasted::of(&name).map_err(|_| "secret is a file whose name of the key is too long")?;
        Ok(Self { name, secret })
    }
}

/// Whether a file is somewhere in a text, or in what it stands for.
fn holds_file(text: &str) -> bool {
    const KEY: &str = "privateKey";
    let in_base64 =
        || decoded(text).is_some_and(|bytes| std::str::from_utf8(&bytes).is_ok_and(|text| text.contains(KEY)));
    (text.contains('{') && text.contains(KEY)) || in_base64()
}
