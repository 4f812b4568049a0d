//! Who is at which key, and when. Everything that is done to one key begins with this.

use std::convert::Infallible;

use axum::{
    extract::{FromRef, FromRequestParts, Path},
    http::request::Parts,
};
use shared::{
    app::App,
    caller::{Caller, Origin},
    ids::{AccountId, KeyId},
    now::Now,
    time::Timestamp,
};

use crate::refusal::Refusal;

/// A caller at a key, which may be the caller's, somebody else's or none.
pub struct Access {
    pub(crate) caller: Caller,
    pub(crate) origin: Origin,
    pub(crate) key: KeyId,
    /// The moment of the request: what is decided and written for it is of this moment, unless an exchange was asked meanwhile.
    pub(crate) now: Timestamp,
}

impl Access {
    /// A caller at the key that the path names. A handler that extracts this by itself, after its body or its query, tells their
    /// flaws before it tells that there is no such key.
    ///
    /// # Errors
    /// `NotFound` when the path can name no key.
    pub fn at(caller: Caller, origin: Origin, path: KeyPath, now: Timestamp) -> Result<Self, Refusal> {
        Ok(Self { caller, origin, key: path.id()?, now })
    }

    /// Whose rows may be touched.
    #[must_use]
    pub const fn account_id(&self) -> AccountId {
        self.caller.account_id()
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Access
where
    App: FromRef<S>,
{
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let caller = Caller::from_request_parts(parts, state).await?;
        let Ok(origin) = Origin::from_request_parts(parts, state).await;
        let Ok(path) = KeyPath::from_request_parts(parts, state).await;
        let Now(now) = Now::from_request_parts(parts, state).await.map_err(Refusal::Failed)?;
        Self::at(caller, origin, path, now)
    }
}

/// The id in the path. A malformed one names no key, like an unknown one.
#[derive(Clone, Copy)]
pub struct KeyPath(Option<KeyId>);

impl KeyPath {
    /// The key that may be there.
    ///
    /// # Errors
    /// `NotFound` when no key can be.
    pub fn id(self) -> Result<KeyId, Refusal> {
        self.0.ok_or(Refusal::NotFound)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for KeyPath {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        let path: Option<Path<String>> = Path::from_request_parts(parts, state).await.ok();
        Ok(Self(path.and_then(|Path(id)| KeyId::parse(&id))))
    }
}
