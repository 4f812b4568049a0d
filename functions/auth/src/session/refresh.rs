//! A session goes on: its refresh token is replaced by the one successor that it has.

use std::time::Duration;

use shared::{
    caller::{Origin, token::REFRESH_GRACE},
    error::Error,
    ids::{AccountId, SessionId},
    rotation::{Opened, in_use},
    store::{Condition, Update, Written},
    tables::Row,
    time::Timestamp,
};

use super::{LIFE, Presented, RefreshToken, Session, SignedIn, agent, token::RefreshHash};
use crate::{secrets::account_key::AccountKey, state::Auth};

/// A refresh token that somebody shows, and what takes its place.
struct Renewal<'a> {
    was: RefreshHash,
    successor: &'a RefreshToken,
    origin: &'a Origin,
    /// A session that is as old as this has ended, by the operators' word.
    from: Option<Timestamp>,
    now: Timestamp,
}

impl Auth {
    /// Lets the session of a token go on, which somebody at `origin` shows; `None` when it may not. Nothing is written but where the token
    /// is replaced: by one update, and by one more in the last month of a session that has been refreshed for as long as one may be.
    ///
    /// # Errors
    /// `Unavailable`, `Internal`.
    pub(crate) async fn rotate(
        &self,
        presented: RefreshToken,
        origin: &Origin,
        keys: &[Opened<AccountKey>],
        now: Timestamp,
    ) -> Result<Option<SignedIn>, Error> {
        let (account_id, id) = presented.names();
        let (switches, longest) = (self.app.switches(now).await?, self.config.longest_session);
        let (was, successor) = (presented.hash(), presented.successor(&in_use(keys, now)?.secret));
        let renewal = Renewal { was, successor: &successor, origin, from: switches.sessions_from, now };
        let mut until = now + LIFE.min(longest);
        let session = loop {
            let update = renewal.update(Row::Session(account_id, id), until, longest)?;
            let session: Session = match self.app.store.update(update).await? {
                Written::Done(session) => return Ok(Some(SignedIn { session, refresh: successor })),
                Written::Conflict(None) => return Ok(None),
                Written::Conflict(Some(row)) => row.read()?,
            };
            let end = session.created_at + longest;
            if end <= now || !session.lives(&switches, now) {
                return Ok(None);
            }
            if session.presented(&renewal.was, now) != Presented::Rotates {
                break session;
            }
            if end >= until {
                return Err(Error::internal("a refresh is refused that would go through"));
            }
            until = end;
        };
        Ok(match session.presented(&renewal.was, now) {
            Presented::Expired | Presented::Rotates => None,
            Presented::Stays => Some(SignedIn { session, refresh: presented }),
            Presented::ReplayedInGrace => {
                told_again(&presented, &session, keys, now).map(|refresh| SignedIn { session, refresh })
            }
            Presented::ReplayedLate => self.revoke(account_id, id).await?,
        })
    }

    /// Two parties hold this session and one of them is a thief: neither keeps it.
    async fn revoke(&self, account_id: AccountId, id: SessionId) -> Result<Option<SignedIn>, Error> {
        tracing::warn!(event = "refresh_token_reuse", account = %account_id, "a refresh token was used again; its session is revoked");
        self.app.store.delete(Row::Session(account_id, id)).await?;
        Ok(None)
    }
}

impl Renewal<'_> {
    /// Replaces the token of a session that is then good `until`, if that is no longer than the `longest` life from its beginning on.
    fn update<'r>(&self, row: Row<'r>, until: Timestamp, longest: Duration) -> Result<Update<'r>, Error> {
        let Self { was, successor, origin, from, now } = self;
        let too_old = until - longest - Duration::from_secs(1);
        let update = Update::new(row)
            .set("current", &successor.hash())?
            .set("previous", was)?
            .set("rotated_at", now)?
            .set("expires_at", &until)?
            .set("ttl", &until)?
            .set("ip", &origin.ip)?
            .set("country", &origin.country)?
            .set("agent", &agent(origin))?
            .set("device", &origin.device())?;
        Ok(update
            .when(Condition::equals("current", was)?)
            .when(Condition::below("rotated_at", &(*now - REFRESH_GRACE))?)
            .when(Condition::above("expires_at", now)?)
            .when(Condition::above("created_at", &from.map_or(too_old, |from| from.max(too_old)))?))
    }
}

/// The successor that a token was given, under whichever key that was. None under a key that has ended meanwhile.
fn told_again(
    previous: &RefreshToken,
    session: &Session,
    keys: &[Opened<AccountKey>],
    now: Timestamp,
) -> Option<RefreshToken> {
    let good = keys.iter().filter(|key| !key.stored.has_ended(now));
    good.map(|key| previous.successor(&key.secret)).find(|successor| successor.hash() == session.current)
}
