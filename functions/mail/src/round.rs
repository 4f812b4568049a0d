//! What the schedule asks for, every minute: another try for the letters that wait.

use std::{
    future::ready,
    sync::Arc,
    time::{Duration, Instant},
};

use futures::{StreamExt, stream};
use shared::{error::Error, outbox::Mail, tables::Row};

use crate::{Postman, waiting::Waiting};

/// So many letters are tried at once, as many as the stream hands over.
const AT_ONCE: usize = 10;
/// A round looks at no more letters: it can hardly send more, ten at once and three a second each. One call to DynamoDB brings them, for
/// a row has some 200 bytes. The age of the oldest is that of one among them, which spares a second call for all of the others: where
/// so many wait, those that have been due for longest are looked at, and they grow old themselves.
const MOST: u16 = 1000;
/// No more letters are taken after so long. Before, DynamoDB may need 5 s to say who waits. Afterwards the last letters have 30 s of the
/// function's minute: five calls to DynamoDB and one to SES have 5 s each. What is left is due at the next round.
const TAKING: Duration = Duration::from_secs(25);

impl Postman {
    /// Tries the letters again that are due, the longest due first. What is down or throttled fails no round: the next minute has
    /// another one.
    ///
    /// # Errors
    /// `Internal` when it cannot be seen which they are, and that will not pass.
    pub(crate) async fn send_waiting(self: Arc<Self>) -> Result<(), Error> {
        match self.waiting.first(MOST).await {
            Ok(rows) => self.send_some(rows.into_iter().filter_map(readable).collect()).await,
            Err(error @ (Error::Unavailable(_) | Error::Throttled(_) | Error::Contended(_))) => {
                tracing::warn!(event = "mail_round_failed", ?error, "nobody can see which letters wait");
            }
            Err(error) => return Err(error),
        }
        Ok(())
    }

    async fn send_some(&self, waiting: Vec<Waiting>) {
        let (begin, now) = (Instant::now(), self.clock.now());
        let (letters, oldest) = (waiting.len(), waiting.iter().map(|waiting| waiting.since).min());
        let due: Vec<_> = waiting.into_iter().filter(|waiting| waiting.due <= now).collect();
        let taken = stream::iter(due).take_while(|_| ready(begin.elapsed() < TAKING));
        taken.for_each_concurrent(AT_ONCE, |waiting| self.attend_again(waiting)).await;
        // Also where nobody waits: without this line, nobody is known to look.
        let age_ms = oldest.map_or(0, |oldest| now.seconds_from(oldest) * 1000);
        tracing::info!(event = "mail_round", letters, age_ms, "a round of the letters that wait");
    }

    /// A failure is of this letter alone: its row is there for the next round.
    async fn attend_again(&self, waiting: Waiting) {
        let attended = async {
            match self.store.get::<Mail>(Row::Mail(waiting.letter)).await {
                Ok(Some(mail)) => self.attend(&mail, Some(&waiting)).await,
                // Forgotten.
                Ok(None) => self.waiting.remove(&waiting).await,
                Err(error @ Error::Internal(_)) => self.attend_unreadable(&waiting, error).await,
                Err(error) => Err(error),
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
