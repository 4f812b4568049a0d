//! The personal tokens of an account: which there are, and how one ends.

use shared::{
    caller::personal_token::TokenRecord,
    error::Error,
    events::{Action, Circumstances, OneEvent},
    ids::{AccountId, SessionId, TokenId},
    store::{Condition, Expected, Write, Written, readable},
    tables::{Row, Rows},
    time::Timestamp,
};

use crate::state::OAuth;

/// Whether a token has ended by this request.
#[must_use]
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// By this one.
    Now,
    /// By another one, or there never was one.
    Before,
}

impl OAuth {
    /// The tokens of an account that are good for something, oldest first. One whose time is over may still lie in the table, and one that
    /// operators have ended with all sessions does.
    ///
    /// # Errors
    /// `Unavailable`, `Internal`.
    pub(crate) async fn living_tokens(&self, account: AccountId, now: Timestamp) -> Result<Vec<TokenRecord>, Error> {
        let switches = self.app.switches(now).await?;
        let mut tokens = self.kept_tokens(account, now).await?;
        tokens.retain(|token| switches.let_live(token.created_at));
        Ok(tokens)
    }

    /// The tokens of an account whose time is not over, oldest first.
    ///
    /// # Errors
    /// `Unavailable`, `Internal`.
    pub(crate) async fn kept_tokens(&self, account: AccountId, now: Timestamp) -> Result<Vec<TokenRecord>, Error> {
        let mut tokens: Vec<TokenRecord> = readable(self.app.store.each(Rows::PersonalTokensOf(account)).await?);
        tokens.retain(|token| token.expires_at > now);
        Ok(tokens)
    }

    /// Ends a token, by somebody who is signed in or not. The letter goes with it, where there is one.
    ///
    /// # Errors
    /// `Contended`, `Unavailable`, `Internal`.
    pub(crate) async fn end(
        &self,
        account: AccountId,
        id: TokenId,
        by: &Circumstances,
        session: Option<SessionId>,
        letter: Option<Write<'static>>,
    ) -> Result<Ended, Error> {
        let mut event = OneEvent::new(Action::TokenEnded);
        let row = Expected::new(Row::PersonalToken(account, id)).when(Condition::Exists);
        let ended = [Write::Delete(row), event.put(account, by, session, &self.app.clock)?];
        Ok(match self.app.store.transact(ended.into_iter().chain(letter).collect()).await? {
            Written::Done(()) => {
                event.happened();
                Ended::Now
            }
            Written::Conflict(_) => Ended::Before,
        })
    }
}
