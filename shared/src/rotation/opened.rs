//! Secrets that KMS has opened.

use std::sync::Arc;

use super::Generation;
use crate::{error::Error, seal::Seal, time::Timestamp};

/// A secret, opened.
pub struct Opened<T> {
    /// What it was opened from.
    pub stored: Generation,
    /// What was in it.
    pub secret: Arc<T>,
}

impl<T> Opened<T> {
    /// Opens a secret, or takes it from those that are known; what has not been sealed anew since is the same.
    ///
    /// # Errors
    /// `Unavailable` when KMS is; `Internal` when it does not open. Those of `read`.
    pub async fn open(
        seal: &Seal,
        stored: Generation,
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

/// The one of a purpose's secrets, by age, that is in use: the newest whose time has come.
///
/// # Errors
/// `Internal` when there is none.
pub fn in_use<T>(all: &[Opened<T>], now: Timestamp) -> Result<&Opened<T>, Error> {
    let newest = all.iter().rfind(|secret| !secret.stored.is_pending(now));
    newest.ok_or_else(|| Error::internal("no secret is in use yet"))
}
