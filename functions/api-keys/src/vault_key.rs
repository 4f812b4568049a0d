//! The vault's own key: under it credentials are recognised, cursors vouched for, and the names of keys kept. Made on first start,
//! sealed by KMS; of two first starts at once one wins and both use its key. Users' secrets are not under it.

use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, Nonce, RandomizedNonceKey},
    hmac,
};
use base64::{
    Engine,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD},
};
use serde::{Deserialize, Serialize};
use shared::{
    error::Error,
    ids::{AccountId, Id, KeyId},
    random,
    seal::{Seal, SealedSecret, SecretPurpose},
    store::{Condition, Put, Store},
    tables::Row,
};
use zeroize::Zeroizing;

use crate::exchanges::CredentialIdentity;

const ID: usize = 16;
const TAG: usize = 16;
const NONCE: usize = 12;

/// What name and secret are recognised by, each by itself, among those that the same key had before: unreadable, and others for
/// every key.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tags {
    /// Of the name.
    pub(crate) name: String,
    /// Of the secret.
    pub(crate) secret: String,
}

/// Keys derived from the one that is stored, one for each use.
pub struct VaultKey {
    fingerprints: hmac::Key,
    tags: hmac::Key,
    cursors: hmac::Key,
    names: RandomizedNonceKey,
}

impl VaultKey {
    /// Opens the key, after making it if there is none.
    ///
    /// # Errors
    /// `Unavailable` when DynamoDB or KMS is; `Internal` when it does not open.
    pub async fn open(store: &Store, seal: &Seal) -> Result<Self, Error> {
        let stored: Option<SealedSecret> = store.get(Row::VaultKey).await?;
        let sealed = match stored {
            Some(sealed) => sealed,
            None => make(store, seal).await?,
        };
        Self::derive(&*seal.open_key(SecretPurpose::VaultKey, &sealed).await?)
    }

    fn derive(key: &[u8; 32]) -> Result<Self, Error> {
        let key = hmac::Key::new(hmac::HMAC_SHA256, key);
        let derived = |label: &str| hmac::sign(&key, label.as_bytes());
        let key_of = |label: &str| hmac::Key::new(hmac::HMAC_SHA256, derived(label).as_ref());
        let names = RandomizedNonceKey::new(&AES_256_GCM, derived("names").as_ref());
        Ok(Self {
            fingerprints: key_of("fingerprints"),
            tags: key_of("tags"),
            cursors: key_of("cursors"),
            names: names.map_err(|_| Error::internal("no key for names"))?,
        })
    }

    /// Names a credential: one fingerprint for each, whoever brings it and in whatever form. Says nothing to who lacks the vault's key. The
    /// key is part of it: names of keys are seen by many, and whoever knows no more than one must not keep its owner out.
    #[must_use]
    pub fn fingerprint(&self, identity: &CredentialIdentity) -> String {
        let CredentialIdentity { exchange, name, kind, key } = identity;
        let mac = tag_of(
            &self.fingerprints,
            &[exchange.as_bytes(), name.as_bytes(), kind.as_str().as_bytes(), key.as_slice()],
        );
        BASE64_URL_SAFE_NO_PAD.encode(mac)
    }

    /// What name and secret are recognised by when the key that had one of them gets it again with another of the other: the same
    /// for the same name or secret of this key, others for every other key.
    #[must_use]
    pub fn tags(&self, account: AccountId, key: KeyId, identity: &CredentialIdentity) -> Tags {
        let CredentialIdentity { exchange: _, name, kind, key: secret } = identity;
        let tag = |kind: &str, what: &[u8]| {
            BASE64_URL_SAFE_NO_PAD.encode(tag_of(&self.tags, &[&place(account, key), kind.as_bytes(), what]))
        };
        Tags { name: tag("name", name.as_bytes()), secret: tag(kind.as_str(), secret) }
    }

    /// Where a list goes on: after `id`, for this account and this list only.
    #[must_use]
    pub fn cursor<Kind>(&self, list: &[u8], account: AccountId, id: &Id<Kind>) -> String {
        let tag = self.cursor_tag(list, account, id.as_bytes());
        BASE64_URL_SAFE_NO_PAD.encode([&id.as_bytes()[..], &tag.as_ref()[..TAG]].concat())
    }

    /// What [`VaultKey::cursor`] named; `None` for anything else. Compares in constant time.
    #[must_use]
    pub fn open_cursor<Kind>(&self, list: &[u8], account: AccountId, cursor: &str) -> Option<Id<Kind>> {
        let bytes: [u8; ID + TAG] = BASE64_URL_SAFE_NO_PAD.decode(cursor).ok()?.try_into().ok()?;
        let (id, tag) = bytes.split_at(ID);
        let id: [u8; ID] = id.try_into().ok()?;
        let expected = self.cursor_tag(list, account, &id);
        aws_lc_rs::constant_time::verify_slices_are_equal(&expected.as_ref()[..TAG], tag).ok()?;
        Some(Id::from_bytes(id))
    }

    fn cursor_tag(&self, list: &[u8], account: AccountId, id: &[u8; ID]) -> hmac::Tag {
        // All parts but the first have a fixed length.
        hmac::sign(&self.cursors, &[list, account.as_bytes(), id].concat())
    }

    /// Keeps the name of a key, which is no secret but nobody's business, so that a new secret can be stored without opening the
    /// old one. Base64 of nonce, ciphertext and tag.
    ///
    /// # Errors
    /// `Internal`.
    pub fn seal_name(&self, account: AccountId, key: KeyId, name: &str) -> Result<String, Error> {
        let mut sealed = name.as_bytes().to_vec();
        let nonce = self.names.seal_in_place_append_tag(Aad::from(place(account, key)), &mut sealed);
        let nonce = nonce.map_err(|_| Error::internal("the name of a key could not be sealed"))?;
        Ok(BASE64_STANDARD.encode([&nonce.as_ref()[..], &sealed].concat()))
    }

    /// Opens what was sealed for this account and key.
    ///
    /// # Errors
    /// `Internal` when it was sealed for another or has been changed.
    pub fn open_name(&self, account: AccountId, key: KeyId, sealed: &str) -> Result<Zeroizing<String>, Error> {
        let unopened = || Error::internal("the name of a key does not open");
        let bytes = BASE64_STANDARD.decode(sealed).map_err(|_| unopened())?;
        let (nonce, sealed) = bytes.split_first_chunk::<NONCE>().ok_or_else(unopened)?;
        let mut sealed = sealed.to_vec();
        let name = self.names.open_in_place(Nonce::from(nonce), Aad::from(place(account, key)), &mut sealed);
        let name = name.map_err(|_| unopened())?;
        Ok(Zeroizing::new(String::from_utf8(name.to_vec()).map_err(|_| unopened())?))
    }
}

/// Over parts of any length, none of which can pass for two.
fn tag_of(key: &hmac::Key, parts: &[&[u8]]) -> hmac::Tag {
    let mut mac = hmac::Context::with_key(key);
    for part in parts {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part);
    }
    mac.sign()
}

fn place(account: AccountId, key: KeyId) -> Vec<u8> {
    [&account.as_bytes()[..], key.as_bytes()].concat()
}

/// Makes the key unless somebody else is faster; what is in the row then counts.
async fn make(store: &Store, seal: &Seal) -> Result<SealedSecret, Error> {
    let key = Zeroizing::new(random::bytes::<32>()?);
    let sealed = seal.seal(SecretPurpose::VaultKey, &*key).await?;
    let _won_or_lost = store.put(Put::new(Row::VaultKey, &sealed)?.when(Condition::New)).await?;
    let stored = store.get(Row::VaultKey).await?;
    stored.ok_or_else(|| Error::internal("the vault's key is gone again"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchanges::KeyType::{self, Ed25519, Hmac};

    fn key() -> (VaultKey, AccountId, KeyId) {
        (VaultKey::derive(&[1; 32]).unwrap(), AccountId::from_bytes([2; 16]), KeyId::from_bytes([3; 16]))
    }

    #[test]
    fn a_cursor_is_good_for_one_account_and_one_list() {
        let (key, account, id) = key();
        let cursor = key.cursor(b"keys", account, &id);
        assert_eq!(key.open_cursor(b"keys", account, &cursor), Some(id));
        assert_eq!(key.open_cursor::<shared::ids::kind::Key>(b"events", account, &cursor), None);
        assert_eq!(key.open_cursor::<shared::ids::kind::Key>(b"keys", AccountId::from_bytes([9; 16]), &cursor), None);
        for at in 0..cursor.len() {
            let mut forged = cursor.clone().into_bytes();
            forged[at] = if forged[at] == b'A' { b'B' } else { b'A' };
            let forged = String::from_utf8(forged).unwrap();
            assert_eq!(key.open_cursor::<shared::ids::kind::Key>(b"keys", account, &forged), None, "character {at}");
        }
    }

    #[test]
    fn a_name_opens_in_its_place_only() {
        let (key, account, id) = key();
        let sealed = key.seal_name(account, id, "my-key").unwrap();
        assert_ne!(sealed, key.seal_name(account, id, "my-key").unwrap());
        assert_eq!(*key.open_name(account, id, &sealed).unwrap(), "my-key");
        assert!(key.open_name(account, KeyId::from_bytes([4; 16]), &sealed).is_err());
        assert!(key.open_name(AccountId::from_bytes([4; 16]), id, &sealed).is_err());
        assert!(key.open_name(account, id, "").is_err());
    }

    fn identity(exchange: &'static str, name: &str, kind: KeyType, secret: &[u8]) -> CredentialIdentity {
        let (name, key) = (Zeroizing::new(name.to_owned()), Zeroizing::new(secret.to_vec()));
        CredentialIdentity { exchange, name, kind, key }
    }

    #[test]
    fn exchanges_do_not_share_fingerprints() {
        let (key, ..) = key();
        let of = |exchange, name, kind, secret| key.fingerprint(&identity(exchange, name, kind, secret));
        let one = of("okx", "a", Hmac, b"s");
        assert_eq!(one, of("okx", "a", Hmac, b"s"));
        for other in [
            of("binance", "a", Hmac, b"s"),
            of("okx", "b", Hmac, b"s"),
            of("okx", "a", Hmac, b"t"),
            of("okx", "a", Ed25519, b"s"),
            of("okx", "as", Hmac, b""),
        ] {
            assert_ne!(one, other);
        }
    }

    #[test]
    fn name_and_secret_are_recognised_each_by_itself_and_at_their_own_key_only() {
        let (key, account, id) = key();
        let of = |account, id, name, secret| key.tags(account, id, &identity("okx", name, Hmac, secret));
        let one = of(account, id, "a", b"s");
        assert!(one == of(account, id, "a", b"s") && one.name != one.secret);
        let (renamed, rotated) = (of(account, id, "b", b"s"), of(account, id, "a", b"t"));
        assert!(renamed.secret == one.secret && renamed.name != one.name);
        assert!(rotated.name == one.name && rotated.secret != one.secret);
        for other in
            [of(account, KeyId::from_bytes([4; 16]), "a", b"s"), of(AccountId::from_bytes([4; 16]), id, "a", b"s")]
        {
            assert!(other.name != one.name && other.secret != one.secret);
        }
    }
}
