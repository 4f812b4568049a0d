//! What an instance knows of the secrets, and for how long that will do.

use std::{sync::Arc, time::Duration};

use tokio::sync::Mutex;

use super::{READ_AGAIN_AFTER, TRUSTED};
use crate::{error::Error, time::Timestamp};

/// Between two attempts to read the secrets again, the first of which has failed.
const RETRY: Duration = Duration::from_secs(30);
/// A request waits this long for secrets that it could do without.
const PATIENCE: Duration = Duration::from_secs(3);

/// Secrets that are read again after [`READ_AGAIN_AFTER`], so that a successor is known before it is used. Where that fails, those that
/// there are do until [`TRUSTED`].
pub struct Cached<T>(Mutex<Option<Reading<T>>>);

struct Reading<T> {
    secrets: Arc<T>,
    at: Timestamp,
    /// Not read again before.
    next: Timestamp,
}

impl<T> Default for Cached<T> {
    fn default() -> Self {
        Self(Mutex::new(None))
    }
}

impl<T> Cached<T> {
    /// The secrets, after reading them where that is due; `read` is told what is known.
    ///
    /// # Errors
    /// Those of `read`, when there is nothing else that will do.
    pub async fn get<R>(&self, now: Timestamp, read: impl FnOnce(Option<Arc<T>>) -> R) -> Result<Arc<T>, Error>
    where
        R: Future<Output = Result<T, Error>>,
    {
        // Of requests at once one reads, and the others wait for it.
        let mut kept = self.0.lock().await;
        if let Some(kept) = kept.as_ref().filter(|kept| now < kept.next) {
            return Ok(Arc::clone(&kept.secrets));
        }
        // Boxed: it seldom runs, and every request's future would carry its size.
        let read = Box::pin(read(kept.as_ref().map(|kept| Arc::clone(&kept.secrets))));
        let Some(kept) = kept.as_mut().filter(|kept| now < kept.at + TRUSTED) else {
            return Ok(Arc::clone(&kept.insert(Reading::new(read.await?, now)).secrets));
        };
        kept.next = (now + RETRY).min(kept.at + TRUSTED);
        match tokio::time::timeout(PATIENCE, read).await {
            Ok(Ok(newer)) => *kept = Reading::new(newer, now),
            Ok(Err(error)) => tracing::warn!(?error, "the secrets could not be read again"),
            Err(_) => tracing::warn!("reading the secrets again takes too long"),
        }
        Ok(Arc::clone(&kept.secrets))
    }
}

impl<T> Reading<T> {
    fn new(secrets: T, now: Timestamp) -> Self {
        Self { secrets: Arc::new(secrets), at: now, next: now + READ_AGAIN_AFTER }
    }
}
