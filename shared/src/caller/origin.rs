//! Where a request comes from, for records of who did what.

use std::convert::Infallible;

use axum::{
    extract::FromRequestParts,
    http::{header, request::Parts},
};
use lambda_http::request::RequestContext;

use super::device;
use crate::edge::{Viewer, ViewerCountry};

/// The longest description of a client that is kept. Characters.
const MAX_USER_AGENT: usize = 256;

/// Where a request came from, as the gateway saw it, or the edge before it (see [`crate::edge`]): for records of who did what. What is
/// decided by a client's address goes by [`super::ClientAddress`].
#[derive(Clone, Debug, Default)]
pub struct Origin {
    /// The client's address.
    pub ip: Option<String>,
    /// Its country, by ISO 3166-1 alpha-2, where the edge says so.
    pub country: Option<String>,
    /// What the client calls itself: printable ASCII, cut to 256 characters.
    pub user_agent: Option<String>,
}

impl Origin {
    /// What kind of client it is, in words of ours: `Firefox on Windows`, or else the first product that it names. At most 40 characters.
    #[must_use]
    pub fn device(&self) -> Option<String> {
        device::named(self.user_agent.as_deref()?)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Origin {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        // Not X-Forwarded-For: whoever calls writes that.
        let ip = match (parts.extensions.get::<Viewer>(), parts.extensions.get::<RequestContext>()) {
            (Some(Viewer(ip)), _) => ip.map(|ip| ip.to_string()),
            (None, Some(RequestContext::ApiGatewayV2(context))) => context.http.source_ip.clone(),
            (None, Some(RequestContext::ApiGatewayV1(context))) => context.identity.source_ip.clone(),
            _ => None,
        };
        let agent = parts.headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok());
        let user_agent = agent.map(|agent| agent.chars().take(MAX_USER_AGENT).collect());
        Ok(Self { ip, country: parts.extensions.get().map(|ViewerCountry(country)| country.clone()), user_agent })
    }
}
