//! What the schedule asks for, every minute: another try for the letters that wait.

use std::time::{Duration, Instant};

use futures::future::join_all;
use shared::{error::Error, keys::Row, outbox::Mail};

use crate::{Postman, waiting::Waiting};

/// So many letters are tried at once, as many as the stream hands over.
const AT_ONCE: usize = 10;
/// No more letters are taken after so long: the last ones may need most of the function's minute, as SES has 20 s to answer and
/// DynamoDB 5 s each time. What is left is due at the next round.
const TAKING: Duration = Duration::from_secs(10);

impl Postman {
    /// Tries the letters again that are due, the longest due first.
    ///
    /// # Errors
    /// `Unavailable` or `Internal` when it cannot be seen which they are.
    pub(crate) async fn send_waiting(&self) -> Result<(), Error> {
        let begin = Instant::now();
        let waiting: Vec<_> = self.waiting.all().await?.into_iter().filter_map(readable).collect();
        let now = self.clock.now();
        if let Some(oldest) = waiting.iter().map(|waiting| waiting.since).min() {
            let age_ms = now.seconds_from(oldest) * 1000;
            tracing::info!(event = "mail_waits", letters = waiting.len(), age_ms, "letters wait to be tried again");
        }
        let due: Vec<_> = waiting.into_iter().filter(|waiting| waiting.due <= now).collect();
        for some in due.chunks(AT_ONCE).take_while(|_| begin.elapsed() < TAKING) {
            join_all(some.iter().map(|waiting| self.attend_again(waiting))).await;
        }
        Ok(())
    }

    /// A failure is of this letter alone: its row is there for the next round.
    async fn attend_again(&self, waiting: &Waiting) {
        let attended = async {
            match self.store.get::<Mail>(Row::Mail(waiting.letter)).await? {
                Some(mail) => self.attend(&mail, Some(waiting)).await,
                // Forgotten.
                None => self.waiting.remove(waiting).await,
            }
        };
        if let Err(error) = attended.await {
            let letter = waiting.letter.to_string();
            tracing::warn!(letter, ?error, "a letter stays where it waits");
        }
    }
}

fn readable(row: Result<Waiting, Error>) -> Option<Waiting> {
    row.inspect_err(|error| tracing::error!(event = "mail_failed", ?error, "a row is no letter that waits")).ok()
}
