//! The signer keys of Firebase projects that users were brought along from: their passwords cannot be checked without.

use std::sync::Arc;

use shared::{
    error::Error,
    rotation::{self, Opened, SecretVersion, open_all},
    seal::{Seal, SecretPurpose},
};
use zeroize::Zeroizing;

/// A key of another service. Bytes.
pub type ImportKey = Zeroizing<Vec<u8>>;

/// All of them. Cloning shares them.
#[derive(Clone, Default)]
pub struct ImportKeys(Arc<[Opened<ImportKey>]>);

impl ImportKeys {
    /// Opens those among `stored`. What is `known` and has not changed is not opened again.
    ///
    /// # Errors
    /// `Unavailable` when KMS is; `Internal` when one does not open.
    pub async fn open(seal: &Seal, stored: &[SecretVersion], known: &Self) -> Result<Self, Error> {
        let stored = rotation::of(SecretPurpose::ImportKey, stored);
        let keys = open_all(seal, &stored, &known.0, |opened| Ok(Zeroizing::new(opened.to_vec()))).await?;
        Ok(Self(keys.into()))
    }

    /// All of them, by number.
    #[must_use]
    pub fn by_number(&self) -> &[Opened<ImportKey>] {
        &self.0
    }

    /// Whether there is one of this number.
    #[must_use]
    pub fn has(&self, number: u32) -> bool {
        self.0.iter().any(|key| key.stored.number == number)
    }

    /// The key of this number, and an empty one for none.
    ///
    /// # Errors
    /// `Unavailable` when there is no such key: an import may have sealed it a moment ago.
    pub fn named_by(&self, number: Option<u32>) -> Result<Arc<ImportKey>, Error> {
        let Some(number) = number else { return Ok(Arc::default()) };
        let key = self.0.iter().find(|key| key.stored.number == number);
        let key = key.ok_or_else(|| Error::unavailable("a hash takes a key that is not known yet"))?;
        Ok(Arc::clone(&key.secret))
    }
}
