//! How many sessions an account has: those that were not used for the longest time end, now and then.

use shared::{error::Error, ids::AccountId, store::readable, tables::Rows, time::Timestamp};

use super::{Session, ending::delete_sessions};
use crate::state::Auth;

/// So many sessions are left, those that were used last.
const KEPT: usize = 100;
/// Sign-ins from one look at them to the next.
const EVERY: u64 = 50;
/// So many sessions an account can have at a time.
pub const MOST: usize = KEPT + 50;
const _: () = assert!(MOST as u64 == KEPT as u64 + EVERY);
/// So many are ended at a time, at most: one sign-in is not to pay for all.
const ENDED: usize = 96;

impl Auth {
    /// Ends the sessions beyond the hundred that were used last, at every fiftieth sign-in; `opened`: how many there were. Who signs in has
    /// a session by now: what goes wrong here is logged, and done the next time.
    pub(super) async fn bound_sessions(&self, account_id: AccountId, opened: u64, now: Timestamp) {
        if !opened.is_multiple_of(EVERY) {
            return;
        }
        match self.end_surplus(account_id, now).await {
            Ok(0) => {}
            Ok(ended) => tracing::info!(event = "sessions_bounded", ended, "an account had too many sessions"),
            Err(error) => tracing::warn!(?error, "the sessions of an account are not bounded"),
        }
    }

    async fn end_surplus(&self, account_id: AccountId, now: Timestamp) -> Result<usize, Error> {
        let mut sessions: Vec<Session> = readable(self.app.store.each(Rows::SessionsOf(account_id)).await?);
        // Those that have ended by themselves are in nobody's way, but each costs whoever reads the list.
        sessions.sort_by_key(|session| (session.expires_at <= now, std::cmp::Reverse(session.last_used_at())));
        let surplus: Vec<_> = sessions.into_iter().skip(KEPT).collect();
        // From the end, so that those which are used least go first.
        let ended = &surplus[surplus.len().saturating_sub(ENDED)..];
        let ended: Vec<_> = ended.iter().map(|session| session.id).collect();
        delete_sessions(&self.app.store, account_id, &ended).await?;
        Ok(ended.len())
    }
}
