//! The moment of a request.

use axum::{
    extract::{FromRef, FromRequestParts},
    http::request::Parts,
};

use crate::{app::App, error::Error, time::Timestamp};

/// What the clock said when it was asked first for this request: all that one request decides, it decides at one moment.
#[derive(Clone, Copy, Debug)]
pub struct Now(pub Timestamp);

impl<S: Send + Sync> FromRequestParts<S> for Now
where
    App: FromRef<S>,
{
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        Ok(*parts.extensions.get_or_insert_with(|| Self(App::from_ref(state).clock.now())))
    }
}
