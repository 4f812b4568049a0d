//! What makes credentials the same credentials, however they are written: the exchange, the name of the key, and the key itself.

use zeroize::Zeroizing;

use super::{Credentials, Exchange, KeyType, PrivateKey, Reading, Unsignable, agent_address, coinbase, kraken};

/// Credentials in the one form that all ways of writing them have in common. A passphrase, an environment or the master of an
/// agent makes no other key. No `Debug`, no `Clone`, on purpose; wiped when dropped.
pub struct CredentialIdentity {
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
    pub fn identity(&self, credentials: &Credentials) -> Result<CredentialIdentity, Unsignable> {
        // A private key can be brought as a shared one, too: as that any text will do.
        let (kind, key) = match self.private_key(credentials) {
            Some(known) => known,
            None if self.key_types.contains(&KeyType::Hmac) => (KeyType::Hmac, self.shared_key(credentials)?),
            None => return Err(Unsignable),
        };
        Ok(CredentialIdentity { exchange: self.id, name: self.name_of(&credentials.api_key), kind, key })
    }

    /// What others know a private key by; `None` when the secret is none that the exchange takes.
    fn private_key(&self, credentials: &Credentials) -> Option<(KeyType, Zeroizing<Vec<u8>>)> {
        let (kind, key) = if self.key_types.contains(&KeyType::Agent) {
            (KeyType::Agent, agent_address(credentials)?.into_bytes())
        } else {
            match PrivateKey::read(&credentials.secret) {
                Reading::Key(key) | Reading::Seed(key) => (key.kind(), key.public_half().to_vec()),
                Reading::Other(_) | Reading::Text => return None,
            }
        };
        self.key_types.contains(&kind).then(|| (kind, Zeroizing::new(key)))
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
