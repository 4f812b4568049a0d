//! Who is at which key, and when. Everything that is done to one key begins with this.

use std::{convert::Infallible, marker::PhantomData, ops::Deref};

use axum::{
    extract::{FromRef, FromRequestParts, Path},
    http::request::Parts,
};
use shared::{
    app::App,
    caller::{Actor, Allowed, Origin, scope::Wanted},
    ids::{AccountId, KeyId},
    now::Now,
    time::Timestamp,
};

use crate::refusal::Refusal;

/// Somebody at a key, which may be of the same account, somebody else's or none.
pub struct Access {
    pub(crate) actor: Actor,
    pub(crate) origin: Origin,
    pub(crate) key: KeyId,
    /// The moment of the request: what is decided and written for it is of this moment, unless an exchange was asked meanwhile.
    pub(crate) now: Timestamp,
}

/// An access by somebody whom the account has allowed `W`. A handler that extracts this by itself, after its body or its query, tells
/// their flaws before it tells that there is no such key.
pub struct AllowedAccess<W>(Access, PhantomData<W>);

impl Access {
    /// Somebody at the key that the path names.
    ///
    /// # Errors
    /// `NotFound` when it can name none that this actor may use.
    pub fn at(actor: Actor, origin: Origin, path: KeyPath, now: Timestamp) -> Result<Self, Refusal> {
        let key = path.key_for(&actor)?;
        Ok(Self { actor, origin, key, now })
    }

    /// Whose rows may be touched.
    #[must_use]
    pub fn account_id(&self) -> AccountId {
        self.actor.account_id()
    }
}

impl<W> Deref for AllowedAccess<W> {
    type Target = Access;

    fn deref(&self) -> &Access {
        &self.0
    }
}

impl<W: Wanted, S: Send + Sync> FromRequestParts<S> for AllowedAccess<W>
where
    App: FromRef<S>,
{
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let actor = Allowed::<W>::from_request_parts(parts, state).await?.into_actor();
        let Ok(origin) = Origin::from_request_parts(parts, state).await;
        let Ok(path) = KeyPath::from_request_parts(parts, state).await;
        let Now(now) = Now::from_request_parts(parts, state).await.map_err(Refusal::Failed)?;
        Ok(Self(Access::at(actor, origin, path, now)?, PhantomData))
    }
}

/// The id in the path. A malformed one names no key, like an unknown one.
#[derive(Clone, Copy)]
pub struct KeyPath(Option<KeyId>);

impl KeyPath {
    /// The key that may be there. No other way leads from a request to a key, so what is kept from a token is kept from it by all handlers.
    ///
    /// # Errors
    /// `NotFound` when no key can be, or none that this actor may use.
    pub fn key_for(self, actor: &Actor) -> Result<KeyId, Refusal> {
        self.0.filter(|key| actor.may_use(*key)).ok_or(Refusal::NotFound)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for KeyPath {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        let path: Option<Path<String>> = Path::from_request_parts(parts, state).await.ok();
        Ok(Self(path.and_then(|Path(id)| KeyId::parse(&id))))
    }
}
