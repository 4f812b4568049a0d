//! How a personal token is made: in a transaction that counts it, and that states what was decided about the account before. So no more
//! of them live than may, whoever asks at the same moment, and what ends all tokens of an account overlooks none that is being made.

use std::time::{Duration, Instant};

use serde::Deserialize;
use shared::{
    caller::{
        Caller, Origin,
        personal_token::{PersonalToken, TokenRecord},
    },
    error::Error,
    events::{Action, By, Circumstances, OneEvent},
    grants::GrantCount,
    ids::{AccountId, TokenId},
    outbox::{Mail, News},
    store::{Condition, Expected, Put, Raced, Update, Write},
    tables::Row,
    time::Timestamp,
};

use crate::{
    input::MakeTokenRequest,
    limits::MOST_TOKENS,
    refusal::{Reason, Refusal},
    state::OAuth,
};

/// What those who make tokens of one account at once compete for.
const TOKENS: &str = "the tokens of an account";

/// Who makes a token, from where, and when.
pub struct Maker<'a> {
    pub(crate) caller: &'a Caller,
    pub(crate) origin: &'a Origin,
    pub(crate) now: Timestamp,
}

/// The guard of an account, as far as it matters here.
#[derive(Deserialize)]
struct Guard {
    /// Counts the changes that end what was opened before them.
    generation: u64,
}

/// What a token is made on: that nobody has ended what was allowed before, and nobody has allowed anything since.
struct Sight {
    generation: u64,
    count: GrantCount,
}

impl OAuth {
    /// Makes a token, in a request that came in at `since`: its record, one more in the count, the event and the letter to its owner, all or
    /// nothing.
    ///
    /// # Errors
    /// `Full`; `Failed` with `InvalidToken` when the session has ended meanwhile.
    pub(crate) async fn make(
        &self,
        maker: &Maker<'_>,
        wanted: MakeTokenRequest,
        since: Instant,
    ) -> Result<(TokenRecord, PersonalToken), Refusal> {
        let Maker { caller, origin, now } = maker;
        // The milliseconds put the tokens of one moment in order.
        let id = TokenId::at(self.app.clock.unix_ms())?;
        let token = PersonalToken::random(caller.account_id(), id)?;
        let record = maker.record(id, wanted, &token);
        let by = Circumstances::of(origin, By::User, *now);
        let (mut contention, mut event) = (self.app.contention(TOKENS, since), OneEvent::new(Action::TokenMade));
        loop {
            let sight = self.sight(caller.account_id()).await?;
            // After the count: whatever token is made from here on changes that.
            if self.living_tokens(caller.account_id(), *now).await?.len() >= MOST_TOKENS {
                return Err(not_made(Reason::Full));
            }
            let mut writes = sight.unchanged(caller.account_id())?;
            writes.extend([
                Write::Put(Put::new(Row::PersonalToken(caller.account_id(), id), &record)?.when(Condition::New)),
                caller.still_signed_in(),
                event.put(caller.account_id(), &by, Some(caller.session_id()), &self.app.clock)?,
                self.told_of_new_token(caller, &record, &by)?,
            ]);
            match self.app.store.race(writes).await? {
                Raced::Won => {
                    event.happened();
                    return Ok((record, token));
                }
                Raced::Obstructed => contention.lost().await?,
                Raced::Overtaken => {
                    caller.is_signed_in(&self.app.store).await?;
                    contention.lost().await?;
                }
            }
        }
    }

    async fn sight(&self, account: AccountId) -> Result<Sight, Error> {
        let (guard, count) = tokio::try_join!(
            self.app.store.get::<Guard>(Row::SessionGuard(account)),
            GrantCount::of(&self.app.store, account),
        )?;
        let Guard { generation } = guard.ok_or_else(|| Error::internal("an account has no guard"))?;
        Ok(Sight { generation, count })
    }

    /// The letter that tells of a new token, with the link for an owner who has not made it.
    fn told_of_new_token(
        &self,
        caller: &Caller,
        record: &TokenRecord,
        by: &Circumstances,
    ) -> Result<Write<'static>, Error> {
        let news = News::TokenMade {
            name: record.name.clone(),
            scopes: record.scopes.clone(),
            networks: record.networks.clone(),
            expires_at: record.expires_at,
        };
        Mail::notice(caller.email(), caller.language(), news, by, self.app.clock.unix_ms())
    }
}

/// Why a token is not made, counted.
pub fn not_made(reason: Reason) -> Refusal {
    tracing::info!(event = "token_refused", reason = reason.word(), "a token is not made");
    reason.into()
}

impl Maker<'_> {
    fn record(&self, id: TokenId, wanted: MakeTokenRequest, token: &PersonalToken) -> TokenRecord {
        let Self { caller, now, .. } = self;
        TokenRecord {
            id,
            name: wanted.name,
            hash: token.hash(),
            email: caller.email().clone(),
            language: caller.language(),
            scopes: wanted.scopes,
            key_ids: wanted.key_ids,
            networks: wanted.networks,
            mfa: caller.has_factors(),
            created_at: *now,
            expires_at: *now + Duration::from_hours(24 * u64::from(wanted.days)),
        }
    }
}

impl Sight {
    /// The writes that take place only if all is as it was seen, and that whoever makes another token sees.
    fn unchanged(&self, account: AccountId) -> Result<Vec<Write<'static>>, Error> {
        let guard = Expected::new(Row::SessionGuard(account)).when(Condition::equals("generation", &self.generation)?);
        let count = Update::new(Row::GrantCount(account)).count(GrantCount::OPENED).when(self.count.as_seen()?);
        Ok(vec![Write::Check(guard), Write::Update(count)])
    }
}
