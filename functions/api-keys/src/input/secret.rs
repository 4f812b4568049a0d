//! What kind of key a pasted secret is, and the one form that it is kept in.

use zeroize::Zeroizing;

use crate::exchanges::{Exchange, KeyType, PrivateKey, Reading, value_in};

/// A secret in the form that it is kept in.
pub struct Settled {
    pub(super) key_type: KeyType,
    pub(super) secret: Zeroizing<String>,
}

/// Settles what a secret is: what its owner says, else what it looks like, else what the exchange usually gives out.
///
/// # Errors
/// Why it is no secret of this exchange, or none of the kind that its owner says.
pub fn settle(exchange: &Exchange, stated: Option<KeyType>, text: &str) -> Result<Settled, String> {
    if let [b'{', .., b'}'] | [b'[', .., b']'] = value_in(text).as_bytes() {
        return Err("secret is JSON: bring the secret that is in it, alone".to_owned());
    }
    let takes = |kind| exchange.key_types.contains(&kind);
    match PrivateKey::read(text) {
        Reading::Key(key) => private(exchange, stated, &key),
        Reading::Seed(key) if stated == Some(KeyType::Ed25519) || (stated.is_none() && !takes(KeyType::Hmac)) => {
            private(exchange, stated, &key)
        }
        Reading::Seed(_) if stated.is_none() && takes(KeyType::Ed25519) => {
            Err("secret is 32 bytes in base64, a shared key or an Ed25519 seed: say which in key_type, hmac or ed25519"
                .to_owned())
        }
        Reading::Other(other) => Err(format!("secret is {}", other.name())),
        Reading::Seed(_) | Reading::Text => {
            let usual = exchange.key_types.first().copied().unwrap_or(KeyType::Hmac);
            plain(exchange, stated.unwrap_or(usual), text)
        }
    }
}

fn private(exchange: &Exchange, stated: Option<KeyType>, key: &PrivateKey) -> Result<Settled, String> {
    let (key_type, name) = (key.kind(), key.name());
    if let Some(stated) = stated.filter(|stated| *stated != key_type) {
        return Err(format!("secret is {name}, in PEM or base64, which is not of key_type {}", stated.as_str()));
    }
    if !exchange.key_types.contains(&key_type) {
        return Err(format!(
            "secret is {name}: for {} key_type is one of {}",
            exchange.name,
            kinds(exchange.key_types)
        ));
    }
    let secret = exchange.written(key).map_err(|_| "secret cannot be written".to_owned())?;
    Ok(Settled { key_type, secret })
}

/// A text that no private key was found in.
fn plain(exchange: &Exchange, key_type: KeyType, text: &str) -> Result<Settled, String> {
    let secret = match key_type {
        KeyType::Agent => hex_key(text).unwrap_or_else(|| Zeroizing::new(text.to_owned())),
        KeyType::Hmac if text.chars().any(|c| c.is_whitespace() || c.is_control()) => {
            return Err("secret must not contain white space".to_owned());
        }
        KeyType::Hmac => Zeroizing::new(text.to_owned()),
        KeyType::Ed25519 | KeyType::Rsa | KeyType::Es256 => {
            let private: Vec<_> = exchange.key_types.iter().copied().filter(|kind| *kind != KeyType::Hmac).collect();
            return Err(format!(
                "secret must be a private key, in PEM or base64: key_type is one of {}",
                kinds(&private)
            ));
        }
    };
    Ok(Settled { key_type, secret })
}

/// The key of an agent wallet in lower case behind `0x`, out of what stands around it in files. `None` when it is none.
fn hex_key(text: &str) -> Option<Zeroizing<String>> {
    let text = value_in(text);
    let digits = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")).unwrap_or(text);
    if digits.len() != 64 || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    let mut key = Zeroizing::new(String::with_capacity(66));
    key.push_str("0x");
    key.extend(digits.chars().map(|digit| digit.to_ascii_lowercase()));
    Some(key)
}

/// The names of kinds, for people.
pub fn kinds(kinds: &[KeyType]) -> String {
    let names: Vec<_> = kinds.iter().map(|kind| kind.as_str()).collect();
    names.join(", ")
}
