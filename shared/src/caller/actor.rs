//! Who is asking, where it need not be a session: an account may have allowed a program to do it.

use std::{marker::PhantomData, net::IpAddr, ops::Deref};

use axum::{
    extract::{FromRef, FromRequestParts},
    http::request::Parts,
};
use compat::email::EmailAddress;
use serde::de::IgnoredAny;

use super::{
    Caller, Confirmed, Origin, bearer,
    personal_token::{PersonalToken, TokenRecord},
    scope::{Scope, Wanted},
};
use crate::{
    app::App,
    error::Error,
    ids::{AccountId, KeyId, SessionId, TokenId},
    language::Language,
    now::Now,
    store::{Condition, Expected, Store, Write},
    tables::Row,
    time::Timestamp,
};

/// Proof that an account asks, itself or through a program that it has allowed so much. A [`Caller`] becomes an actor, never the reverse:
/// a handler that asks for no scope refuses every program.
#[derive(Debug)]
pub struct Actor(Means);

/// Through what.
#[derive(Debug)]
enum Means {
    Session(Box<Caller>),
    Token(Box<Permit>),
}

/// A living personal token.
#[derive(Debug)]
struct Permit {
    account: AccountId,
    record: TokenRecord,
}

/// Proof that an account asks, itself or through what it has allowed `W`.
pub struct Allowed<W>(Actor, PhantomData<W>);

impl Actor {
    /// Whoever has a personal token that is good from the address which it is shown from.
    ///
    /// # Errors
    /// `InvalidToken`; `ForeignNetwork`; `InsufficientScope`; `Unavailable` where that cannot be known.
    async fn by_personal_token(
        app: &App,
        text: &str,
        from: Option<IpAddr>,
        wanted: Scope,
        now: Timestamp,
    ) -> Result<Self, Error> {
        let shown = PersonalToken::parse(text).ok_or(Error::InvalidToken)?;
        let (account, id) = shown.names();
        let switches = app.switches(now).await?;
        let record: Option<TokenRecord> = app.store.get(Row::PersonalToken(account, id)).await?;
        let record = record.filter(|record| record.proves(&shown, now) && switches.let_live(record.created_at));
        let record = record.ok_or(Error::InvalidToken)?;
        if !record.is_good_from(from) {
            return Err(Error::ForeignNetwork(from));
        }
        if !record.scopes.contains(&wanted) {
            return Err(Error::InsufficientScope(wanted));
        }
        Ok(Self(Means::Token(Box::new(Permit { account, record }))))
    }

    /// Whose rows may be touched.
    #[must_use]
    pub fn account_id(&self) -> AccountId {
        match &self.0 {
            Means::Session(caller) => caller.account_id(),
            Means::Token(permit) => permit.account,
        }
    }

    /// The proven address of the account.
    #[must_use]
    pub fn email(&self) -> &EmailAddress {
        match &self.0 {
            Means::Session(caller) => caller.email(),
            Means::Token(permit) => &permit.record.email,
        }
    }

    /// The language that the account's letters are in.
    #[must_use]
    pub fn language(&self) -> Language {
        match &self.0 {
            Means::Session(caller) => caller.language(),
            Means::Token(permit) => permit.record.language,
        }
    }

    /// The session that asks, if one does.
    #[must_use]
    pub fn session_id(&self) -> Option<SessionId> {
        match &self.0 {
            Means::Session(caller) => Some(caller.session_id()),
            Means::Token(_) => None,
        }
    }

    /// The personal token by which a program asks, if one does.
    #[must_use]
    pub fn token_id(&self) -> Option<TokenId> {
        match &self.0 {
            Means::Session(_) => None,
            Means::Token(permit) => Some(permit.record.id),
        }
    }

    /// Whether the account has second factors; of a token, whether it had when that was made.
    #[must_use]
    pub fn has_factors(&self) -> bool {
        match &self.0 {
            Means::Session(caller) => caller.has_factors(),
            Means::Token(permit) => permit.record.mfa,
        }
    }

    /// Until when the vault shows no secret; none where it does. What shuts it ends all tokens, so for them it never is.
    #[must_use]
    pub fn frozen_until(&self, now: Timestamp) -> Option<Timestamp> {
        match &self.0 {
            Means::Session(caller) => caller.frozen_until(now),
            Means::Token(_) => None,
        }
    }

    /// The only exchange keys that may be seen and used; none where all may be.
    #[must_use]
    pub fn only_keys(&self) -> Option<&[KeyId]> {
        match &self.0 {
            Means::Session(_) => None,
            Means::Token(permit) => permit.record.key_ids.as_deref(),
        }
    }

    /// Whether an exchange key may be seen and used, if it is the account's.
    #[must_use]
    pub fn may_use(&self, key: KeyId) -> bool {
        self.only_keys().is_none_or(|only| only.contains(&key))
    }

    /// Under which name it is counted what is done: sessions together, each token by itself, so that a program that asks too often keeps its
    /// owner from nothing.
    #[must_use]
    pub fn counted_as(&self) -> String {
        match &self.0 {
            Means::Session(caller) => caller.account_id().to_string(),
            Means::Token(permit) => format!("{}#{}", permit.account, permit.record.id),
        }
    }

    /// That whoever asks is confirmed: a token is, for its owner was when it was made. For handlers that must find a row before they ask.
    ///
    /// # Errors
    /// `StepUpRequired`.
    pub fn confirmed(&self, now: Timestamp) -> Result<Confirmed, Error> {
        match &self.0 {
            Means::Session(caller) => caller.confirmed(now),
            Means::Token(permit) => Ok(Confirmed::by_token(permit.account)),
        }
    }

    /// That the session or the token has not ended: what is asked for takes place before that, or not at all.
    #[must_use]
    pub fn still_allowed(&self) -> Write<'static> {
        Write::Check(Expected::new(self.row()).when(Condition::Exists))
    }

    /// Looks at the session or the token again, for whoever has lost a write with [`Actor::still_allowed`].
    ///
    /// # Errors
    /// `InvalidToken` when it has ended; `Unavailable`, `Internal`.
    pub async fn is_allowed(&self, store: &Store) -> Result<(), Error> {
        let row: Option<IgnoredAny> = store.get(self.row()).await?;
        row.map(|_| ()).ok_or(Error::InvalidToken)
    }

    fn row(&self) -> Row<'static> {
        match &self.0 {
            Means::Session(caller) => Row::Session(caller.account_id(), caller.session_id()),
            Means::Token(permit) => Row::PersonalToken(permit.account, permit.record.id),
        }
    }
}

impl From<Caller> for Actor {
    fn from(caller: Caller) -> Self {
        Self(Means::Session(Box::new(caller)))
    }
}

impl<W> Allowed<W> {
    /// Who asks, for what takes actors of any scope.
    #[must_use]
    pub fn into_actor(self) -> Actor {
        self.0
    }
}

impl<W> Deref for Allowed<W> {
    type Target = Actor;

    fn deref(&self) -> &Actor {
        &self.0
    }
}

impl<W: Wanted, S: Send + Sync> FromRequestParts<S> for Allowed<W>
where
    App: FromRef<S>,
{
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        let is_program = bearer(&parts.headers).is_some_and(PersonalToken::is_meant);
        if !is_program {
            return Ok(Self(Caller::from_request_parts(parts, state).await?.into(), PhantomData));
        }
        let Now(now) = Now::from_request_parts(parts, state).await?;
        let Ok(Origin { ip, .. }) = Origin::from_request_parts(parts, state).await;
        let from = ip.and_then(|ip| ip.parse().ok());
        let text = bearer(&parts.headers).ok_or(Error::NotAuthenticated)?;
        let actor = Actor::by_personal_token(&App::from_ref(state), text, from, W::SCOPE, now).await?;
        Ok(Self(actor, PhantomData))
    }
}
