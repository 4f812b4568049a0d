//! The secrets as their rows hold them. Those that are missing are made, sealed by KMS; of two first starts at once, one wins and both
//! use its secrets.

use shared::{
    caller::token::new_signing_key,
    error::Error,
    random,
    rotation::{self, SecretVersion},
    seal::{Seal, SecretPurpose},
    store::{Condition, Put, Store},
    tables::Rows,
};
use zeroize::Zeroizing;

const ALL: [SecretPurpose; 4] =
    [SecretPurpose::Pepper, SecretPurpose::LinkKey, SecretPurpose::SigningKey, SecretPurpose::AccountKey];

/// All of them, after making those that are missing.
///
/// # Errors
/// `Unavailable` when DynamoDB or KMS is; `Internal`.
pub async fn stored(store: &Store, seal: &Seal) -> Result<Vec<SecretVersion>, Error> {
    let stored: Vec<SecretVersion> = store.query(Rows::Secrets).await?;
    let missing: Vec<_> = ALL.into_iter().filter(|purpose| rotation::of(*purpose, &stored).is_empty()).collect();
    if missing.is_empty() {
        return Ok(stored);
    }
    for purpose in missing {
        make(store, seal, purpose).await?;
    }
    store.query(Rows::Secrets).await
}

/// Makes a secret unless there is one. Losing the race for its row is fine: whoever won, the row is read again.
async fn make(store: &Store, seal: &Seal, purpose: SecretPurpose) -> Result<(), Error> {
    let secret = match purpose {
        SecretPurpose::Pepper
        | SecretPurpose::LinkKey
        | SecretPurpose::AccountKey
        | SecretPurpose::VaultKey
        | SecretPurpose::ImportKey => Zeroizing::new(random::bytes::<32>()?.to_vec()),
        SecretPurpose::SigningKey => new_signing_key()?,
    };
    let first = SecretVersion { secret: seal.seal(purpose, &secret).await?, number: 1, from: None, until: None };
    let row = Put::new(first.row(), &first)?.when(Condition::New);
    let _won_or_lost = store.put(row).await?;
    Ok(())
}
