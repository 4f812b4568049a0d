//! Who is asking. A handler that takes a [`Caller`] cannot be reached without a living session, one that takes [`Fresh`] or [`Confirmed`]
//! not without what these ask for besides. One that takes [`Allowed`] can be reached by programs, too, as far as their owners let them.

mod actor;
mod address;
pub mod authentication;
mod device;
pub mod network;
mod origin;
pub mod personal_token;
pub mod scope;
mod step_up;
pub mod token;

use axum::{
    extract::{FromRef, FromRequestParts},
    http::{HeaderMap, header, request::Parts},
};
use compat::email::EmailAddress;
use serde::{Deserialize, de::IgnoredAny};

pub use self::{
    actor::{Actor, Allowed},
    address::ClientAddress,
    authentication::{Aal, Authentication, FRESH, Method},
    origin::Origin,
    step_up::{Confirmed, Fresh},
};
use crate::{
    app::App,
    error::Error,
    ids::{AccountId, SessionId},
    language::Language,
    now::Now,
    store::{Condition, Expected, Store, Write},
    tables::Row,
    time::Timestamp,
};

/// Proof that a signed-in account is asking. Fields are private; only the extractors build one.
#[derive(Clone, Debug)]
pub struct Caller {
    account: AccountId,
    session: SessionId,
    email: EmailAddress,
    language: Language,
    frozen_at: Option<Timestamp>,
    frozen_until: Option<Timestamp>,
    authentication: Authentication,
    has_factors: bool,
}

impl Caller {
    /// Whoever has an access token whose session lives.
    ///
    /// # Errors
    /// `InvalidToken`; `Unavailable` where that cannot be known.
    pub async fn by_token(app: &App, token: &str, now: Timestamp) -> Result<Self, Error> {
        let claims = app.tokens.verify(token, now).await?;
        let (account, session) = (claims.sub, claims.sid);
        let switches = app.switches(now).await?;
        let row: Option<Session> = app.store.get(Row::Session(account, session)).await?;
        let row = row.filter(|row| row.expires_at > now && switches.let_live(row.created_at));
        let Session { email, language, frozen_at, frozen_until, aal, amr, auth_time, mfa: has_factors, .. } =
            row.ok_or(Error::InvalidToken)?;
        let authentication = Authentication { aal, amr, auth_time };
        Ok(Self { account, session, email, language, frozen_at, frozen_until, authentication, has_factors })
    }

    /// Whose rows this caller may touch.
    #[must_use]
    pub const fn account_id(&self) -> AccountId {
        self.account
    }

    /// The proven address of the account.
    #[must_use]
    pub const fn email(&self) -> &EmailAddress {
        &self.email
    }

    /// The session that is asking.
    #[must_use]
    pub const fn session_id(&self) -> SessionId {
        self.session
    }

    /// The language that the account's letters are in.
    #[must_use]
    pub const fn language(&self) -> Language {
        self.language
    }

    /// Until when the vault shows this session no secret and signs nothing for it; none where it does. Operators may have shut it for
    /// everybody besides, see [`Switches::vault_frozen`](crate::switches::Switches::vault_frozen).
    #[must_use]
    pub fn frozen_until(&self, now: Timestamp) -> Option<Timestamp> {
        self.frozen_until.filter(|until| now < *until)
    }

    /// Since when the vault is shut for this session, or was; none where it never was.
    #[must_use]
    pub const fn frozen_at(&self) -> Option<Timestamp> {
        self.frozen_at
    }

    /// That the session has not ended: what it asks for takes place before that, or not at all.
    #[must_use]
    pub fn still_signed_in(&self) -> Write<'static> {
        Write::Check(Expected::new(Row::Session(self.account, self.session)).when(Condition::Exists))
    }

    /// Looks at the session again, for whoever has lost a write with [`Caller::still_signed_in`].
    ///
    /// # Errors
    /// `InvalidToken` when it has ended; `Unavailable`, `Internal`.
    pub async fn is_signed_in(&self, store: &Store) -> Result<(), Error> {
        let session: Option<IgnoredAny> = store.get(Row::Session(self.account, self.session)).await?;
        session.map(|_| ()).ok_or(Error::InvalidToken)
    }

    /// Whether the account has second factors, as its session's row says.
    #[must_use]
    pub const fn has_factors(&self) -> bool {
        self.has_factors
    }

    /// How the session was signed in to.
    #[must_use]
    pub const fn authentication(&self) -> &Authentication {
        &self.authentication
    }
}

/// What every function must know of a session. `auth` keeps more in the same row.
#[derive(Deserialize)]
struct Session {
    email: EmailAddress,
    language: Language,
    frozen_at: Option<Timestamp>,
    frozen_until: Option<Timestamp>,
    created_at: Timestamp,
    expires_at: Timestamp,
    aal: Aal,
    amr: Vec<Method>,
    auth_time: Timestamp,
    mfa: bool,
}

impl<S: Send + Sync> FromRequestParts<S> for Caller
where
    App: FromRef<S>,
{
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        let Now(now) = Now::from_request_parts(parts, state).await?;
        let token = bearer(&parts.headers).ok_or(Error::NotAuthenticated)?;
        Self::by_token(&App::from_ref(state), token, now).await
    }
}

/// A caller who may be nobody: for routes that say more to the owner. A bad token is nobody, too.
pub struct MaybeCaller(pub Option<Caller>);

impl<S: Send + Sync> FromRequestParts<S> for MaybeCaller
where
    App: FromRef<S>,
{
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        match Caller::from_request_parts(parts, state).await {
            Ok(caller) => Ok(Self(Some(caller))),
            Err(Error::NotAuthenticated | Error::InvalidToken) => Ok(Self(None)),
            Err(error) => Err(error),
        }
    }
}

/// A bearer credential of any kind: for routes whose provider checks it by rules of its own.
pub struct Bearer(pub String);

impl<S: Send + Sync> FromRequestParts<S> for Bearer {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Error> {
        bearer(&parts.headers).map(|token| Self(token.to_owned())).ok_or(Error::NotAuthenticated)
    }
}

/// The credentials of `Authorization: Bearer …`, scheme in any case.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}
