//! What a caller has to have proven of late, for what a session alone must not do. The session's row decides; what a token says of this is
//! for other services.

use axum::{
    extract::{FromRef, FromRequestParts},
    http::request::Parts,
};

use super::{Aal, Authentication, Caller, FRESH};
use crate::{app::App, error::Error, ids::AccountId, now::Now, time::Timestamp};

/// Proof that a caller has signed in, or proven it again, within the last five minutes: with a second factor if the account has any.
#[derive(Debug)]
pub struct Fresh(Caller);

impl Fresh {
    /// Who it is.
    #[must_use]
    pub const fn caller(&self) -> &Caller {
        &self.0
    }
}

/// Proof that whoever asks for something of this account is [`Fresh`], or that the account has no second factors to ask for.
#[derive(Debug)]
pub struct Confirmed(AccountId);

impl Confirmed {
    /// Of a token: it was made by somebody who had proven of late to be the owner.
    pub(super) const fn by_token(account: AccountId) -> Self {
        Self(account)
    }

    /// Whose things it opens.
    #[must_use]
    pub const fn account_id(&self) -> AccountId {
        self.0
    }
}

impl Caller {
    /// This caller, if the proof is fresh.
    ///
    /// # Errors
    /// `StepUpRequired`.
    pub fn fresh(self, now: Timestamp) -> Result<Fresh, Error> {
        self.is_fresh(now).map(|()| Fresh(self))
    }

    /// That this caller is confirmed: for handlers that must find a row before they ask.
    ///
    /// # Errors
    /// `StepUpRequired`.
    pub fn confirmed(&self, now: Timestamp) -> Result<Confirmed, Error> {
        if self.has_factors {
            self.is_fresh(now)?;
        }
        Ok(Confirmed(self.account))
    }

    /// Until when its proof is fresh; none where it is none: a password where the account has second factors.
    #[must_use]
    pub fn fresh_until(&self) -> Option<Timestamp> {
        let Authentication { aal, auth_time, .. } = &self.authentication;
        (*aal >= self.needed()).then_some(*auth_time + FRESH)
    }

    fn is_fresh(&self, now: Timestamp) -> Result<(), Error> {
        let is_fresh = self.fresh_until().is_some_and(|until| now <= until);
        if is_fresh { Ok(()) } else { Err(Error::StepUpRequired(self.needed())) }
    }

    const fn needed(&self) -> Aal {
        if self.has_factors { Aal::Aal2 } else { Aal::Aal1 }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Fresh
where
    App: FromRef<S>,
{
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        let Now(now) = Now::from_request_parts(parts, state).await?;
        Caller::from_request_parts(parts, state).await?.fresh(now)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Confirmed
where
    App: FromRef<S>,
{
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        let Now(now) = Now::from_request_parts(parts, state).await?;
        Caller::from_request_parts(parts, state).await?.confirmed(now)
    }
}
