//! A session goes on: its refresh token is replaced by the one successor that it has.

use shared::{
    caller::token::REFRESH_GRACE,
    error::Error,
    ids::{AccountId, SessionId},
    rotation::{Opened, in_use},
    store::{Condition, Update, Written},
    tables::Row,
    time::Timestamp,
};

use super::{LIFE, Presented, RefreshToken, Session, SignedIn};
use crate::{secrets::account_key::AccountKey, state::Auth};

impl Auth {
    /// Lets the session of a token go on; `None` when it may not. Nothing is written but where the token is replaced.
    ///
    /// # Errors
    /// `Unavailable`, `Internal`.
    pub(crate) async fn rotate(
        &self,
        presented: RefreshToken,
        keys: &[Opened<AccountKey>],
        now: Timestamp,
    ) -> Result<Option<SignedIn>, Error> {
        let (account_id, id) = presented.names();
        let row = Row::Session(account_id, id);
        let (was, successor) = (presented.hash(), presented.successor(&in_use(keys, now)?.secret));
        let update = Update::new(row)
            .set("current", &successor.hash())?
            .set("previous", &was)?
            .set("rotated_at", &now)?
            .set("expires_at", &(now + LIFE))?
            .set("ttl", &(now + LIFE))?
            .when(Condition::equals("current", &was)?)
            .when(Condition::below("rotated_at", &(now - REFRESH_GRACE))?)
            .when(Condition::above("expires_at", &now)?);
        let session: Session = match self.app.store.update(update).await? {
            Written::Done(session) => return Ok(Some(SignedIn { session, refresh: successor })),
            Written::Conflict(None) => return Ok(None),
            Written::Conflict(Some(row)) => row.read()?,
        };
        Ok(match session.presented(&was, now) {
            Presented::Expired => None,
            Presented::Rotates => return Err(Error::internal("a refresh is refused that would go through")),
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
