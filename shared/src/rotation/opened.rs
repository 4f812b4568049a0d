//! Secrets that KMS has opened.

use std::sync::Arc;

use futures::future::try_join_all;

use super::SecretVersion;
use crate::{error::Error, seal::Seal, time::Timestamp};

/// A secret, opened.
pub struct Opened<T> {
    /// What it was opened from.
    pub stored: SecretVersion,
    /// What was in it.
    pub secret: Arc<T>,
}

impl<T> Opened<T> {
    /// Opens a secret, or takes it from those that are known; what has not been sealed anew since is the same.
    ///
    /// # Errors
    /// `Unavailable` when KMS is; `Internal` when it does not open. Those of `read`.
    async fn open(
        seal: &Seal,
        stored: SecretVersion,
        known: &[Self],
        read: impl Fn(&[u8]) -> Result<T, Error>,
    ) -> Result<Self, Error> {
        // The secret only: its end may have been set since.
        let secret = match known.iter().find(|known| known.stored.secret.sealed == stored.secret.sealed) {
            Some(known) => Arc::clone(&known.secret),
            None => Arc::new(read(&seal.open(stored.secret.purpose, &stored.secret).await?)?),
        };
        Ok(Self { stored, secret })
    }
}

/// Opens secrets of one purpose, those at once that are not known.
///
/// # Errors
/// `Unavailable` when KMS is; `Internal` when a secret does not open. Those of `read`.
pub async fn open_all<T>(
    seal: &Seal,
    stored: &[&SecretVersion],
    known: &[Opened<T>],
    read: impl Fn(&[u8]) -> Result<T, Error>,
) -> Result<Vec<Opened<T>>, Error> {
    try_join_all(stored.iter().map(|stored| Opened::open(seal, (*stored).clone(), known, &read))).await
}

/// The one of a purpose's secrets, by age, that is in use: the newest whose time has come.
///
/// # Errors
/// `Internal` when there is none.
pub fn in_use<T>(all: &[Opened<T>], now: Timestamp) -> Result<&Opened<T>, Error> {
    let newest = all.iter().rfind(|secret| !secret.stored.is_pending(now));
    newest.ok_or_else(|| Error::internal("no secret is in use yet"))
}
