//! What makes credentials the same credentials, however they are written: the exchange, the name of the key, and the key itself.

use zeroize::Zeroizing;

use super::{Credentials, Exchange, KeyType, PrivateKey, Unsignable, agent_address, coinbase, kraken};

/// Credentials in the one form that all ways of writing them have in common. A passphrase, an environment or the master of an
/// agent makes no other key. No `Debug`, no `Clone`, on purpose; wiped when dropped.
pub struct Identity {
    /// Whose key it is.
    pub exchange: &'static str,
    /// Its name, see [`Exchange::name_of`].
    pub name: Zeroizing<String>,
    /// What the key is, whatever its owner calls it.
    pub kind: KeyType,
    /// The key: the public half of a pair, the address of an agent, or the bytes that the exchange has of a shared one.
    pub key: Zeroizing<Vec<u8>>,
}

impl Exchange {
    /// The name of a key in one form. Exchanges do not tell two keys apart by capitals alone, and a UUID is the same with and
    /// without its dashes.
    #[must_use]
    pub fn name_of(&self, api_key: &str) -> Zeroizing<String> {
        let name = if self.id == "coinbase" { coinbase::id_in(api_key) } else { api_key };
        let name = Zeroizing::new(name.to_ascii_lowercase());
        let bare = Zeroizing::new(name.replace('-', ""));
        let is_uuid = bare.len() == 32 && bare.bytes().all(|byte| byte.is_ascii_hexdigit());
        if is_uuid { bare } else { name }
    }

    /// What these credentials are.
    ///
    /// # Errors
    /// When the secret is no key that the exchange could have given out: such credentials do not get past the checks of input.
    pub fn identity(&self, credentials: &Credentials) -> Result<Identity, Unsignable> {
        // A private key can be brought as a shared one, too: as that any text will do.
        let private = self.key_types.iter().find_map(|kind| Some((*kind, known_as(*kind, credentials)?)));
        let (kind, key) = match private {
            Some(known) => known,
            None if self.key_types.contains(&KeyType::Hmac) => (KeyType::Hmac, self.shared_key(credentials)?),
            None => return Err(Unsignable),
        };
        Ok(Identity { exchange: self.id, name: self.name_of(&credentials.api_key), kind, key })
    }

    /// The bytes that the exchange keys its HMAC with. HMAC itself fills up with zeros, so those at the end are no part of them.
    fn shared_key(&self, credentials: &Credentials) -> Result<Zeroizing<Vec<u8>>, Unsignable> {
        let mut bytes = if self.id == "kraken" {
            kraken::secret(credentials)?
        } else {
            Zeroizing::new(credentials.secret.as_bytes().to_vec())
        };
        let length = bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
        bytes.truncate(length);
        Ok(bytes)
    }
}

/// What others know a private key by; `None` when it is none of this kind.
fn known_as(kind: KeyType, credentials: &Credentials) -> Option<Zeroizing<Vec<u8>>> {
    match kind {
        KeyType::Hmac => None,
        KeyType::Agent => agent_address(credentials).map(String::into_bytes),
        KeyType::Ed25519 | KeyType::Rsa | KeyType::Es256 => {
            PrivateKey::of(kind, &credentials.secret).ok().map(|key| key.public_half().to_vec())
        }
    }
    .map(Zeroizing::new)
}
