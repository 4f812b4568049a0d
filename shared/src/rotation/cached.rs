//! What an instance knows of what is kept in a table, and for how long that will do.

use std::{sync::Arc, time::Duration};

use tokio::sync::Mutex;

use super::{READ_AGAIN_AFTER, TRUSTED};
use crate::{error::Error, time::Timestamp};

/// Between two attempts to read it again, the first of which has failed.
const RETRY: Duration = Duration::from_secs(30);
/// A request waits this long for what it could do without.
const PATIENCE: Duration = Duration::from_secs(3);

/// What is read again after a while. Where that fails, what there is does for some time more.
pub struct Cached<T> {
    what: &'static str,
    again_after: Duration,
    trusted: Duration,
    kept: Mutex<Option<Reading<T>>>,
}

struct Reading<T> {
    content: Arc<T>,
    at: Timestamp,
    /// Not read again before.
    next: Timestamp,
}

/// Secrets: read again after [`READ_AGAIN_AFTER`], so that a successor is known before it is used, and good until [`TRUSTED`].
impl<T> Default for Cached<T> {
    fn default() -> Self {
        Self::new("secrets", READ_AGAIN_AFTER, TRUSTED)
    }
}

impl<T> Cached<T> {
    /// Of `what`, which is its name in the log and in a metric: read again after `again_after`, and good until it is `trusted` no longer.
    #[must_use]
    pub fn new(what: &'static str, again_after: Duration, trusted: Duration) -> Self {
        Self { what, again_after, trusted, kept: Mutex::new(None) }
    }

    /// What is kept, after reading it where that is due; `read` is told what is known.
    ///
    /// # Errors
    /// Those of `read`, when there is nothing else that will do.
    pub async fn get<R>(&self, now: Timestamp, read: impl FnOnce(Option<Arc<T>>) -> R) -> Result<Arc<T>, Error>
    where
        R: Future<Output = Result<T, Error>>,
    {
        // Of requests at once one reads, and the others wait for it.
        let mut kept = self.kept.lock().await;
        if let Some(kept) = kept.as_ref().filter(|kept| now < kept.next) {
            return Ok(Arc::clone(&kept.content));
        }
        // Boxed: it seldom runs, and every request's future would carry its size.
        let read = Box::pin(read(kept.as_ref().map(|kept| Arc::clone(&kept.content))));
        let Some(kept) = kept.as_mut().filter(|kept| now < kept.at + self.trusted) else {
            let read = read.await.inspect_err(|error| self.not_read(error))?;
            return Ok(Arc::clone(&kept.insert(self.reading(read, now)).content));
        };
        kept.next = (now + RETRY).min(kept.at + self.trusted);
        match tokio::time::timeout(PATIENCE, read).await {
            Ok(Ok(newer)) => *kept = self.reading(newer, now),
            Ok(Err(error)) => self.not_read(&error),
            Err(_) => self.not_read(&Error::unavailable("it takes too long")),
        }
        Ok(Arc::clone(&kept.content))
    }

    /// Has it read again by whoever asks next, unless that was done or tried a moment ago: something speaks of what is not in it.
    pub async fn doubt(&self, now: Timestamp) {
        let mut kept = self.kept.lock().await;
        if let Some(kept) = kept.as_mut().filter(|kept| kept.at + RETRY <= now && now + RETRY < kept.next) {
            kept.next = now;
        }
    }

    fn not_read(&self, error: &Error) {
        tracing::warn!(event = "not_read", what = self.what, ?error, "what an instance goes by cannot be read");
    }

    fn reading(&self, content: T, now: Timestamp) -> Reading<T> {
        Reading { content: Arc::new(content), at: now, next: now + self.again_after }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    #[tokio::test]
    async fn doubts_have_it_read_again_and_not_more_often_than_once_in_a_moment() {
        let (cached, reads) = (Cached::default(), AtomicU32::new(0));
        let asked_at = async |second, works: bool| {
            let read = async || {
                reads.fetch_add(1, Ordering::Relaxed);
                if works { Ok(()) } else { Err(Error::unavailable("it is down")) }
            };
            cached.get(Timestamp::from_second(second), |_| read()).await.unwrap();
            reads.load(Ordering::Relaxed)
        };
        let doubted_at = async |second| cached.doubt(Timestamp::from_second(second)).await;
        assert_eq!(asked_at(0, true).await, 1);
        doubted_at(29).await;
        assert_eq!(asked_at(29, true).await, 1, "it has just been read");
        doubted_at(30).await;
        assert_eq!(asked_at(30, true).await, 2);
        doubted_at(31).await;
        assert_eq!(asked_at(31, true).await, 2);
        doubted_at(60).await;
        assert_eq!(asked_at(60, false).await, 3, "what is known does");
        doubted_at(61).await;
        assert_eq!(asked_at(61, true).await, 3, "that was tried a moment ago");
        assert_eq!(asked_at(90, true).await, 4);
    }
}
