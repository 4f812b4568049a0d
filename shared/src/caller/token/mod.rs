//! Access tokens: what they say, and how every function checks them. Only `auth` makes them.

mod keys;
mod verifier;

use std::time::Duration;

use jsonwebtoken::Algorithm;
use serde::{Deserialize, Serialize};

pub use self::{
    keys::{PublicKey, VerifyingKey, new_signing_key},
    verifier::Verifier,
};
use super::{Aal, Method};
use crate::{
    ids::{AccountId, SessionId},
    time::Timestamp,
};

/// The one algorithm: ECDSA on P-256 with SHA-256.
pub const ALGORITHM: Algorithm = Algorithm::ES256;
/// `typ` of an access token (RFC 9068), so that no other token of ours passes for one.
pub const TYPE: &str = "at+jwt";
/// Life of an access token.
pub const LIFE: Duration = Duration::from_mins(15);
/// After a refresh both tokens, the one before and its successor, are good for the successor for so long. So there is one successor in
/// that time, however often and by however many tabs it is asked for.
pub const REFRESH_GRACE: Duration = Duration::from_secs(30);

/// What an access token says (RFC 9068, without scopes).
#[derive(Debug, Serialize, Deserialize)]
pub struct Claims {
    /// Who signed: the service's own URL.
    pub iss: String,
    /// For whom: the same URL.
    pub aud: String,
    /// Whose token it is.
    pub sub: AccountId,
    /// The session it lives and dies with.
    pub sid: SessionId,
    /// Signed at.
    pub iat: Timestamp,
    /// Worthless from here on.
    pub exp: Timestamp,
    /// How sure it is who signed in: for other services, as are the next two. Ours ask the session's row.
    pub aal: Aal,
    /// By what the owner has proven to be that.
    pub amr: Vec<Method>,
    /// When the owner last did.
    pub auth_time: Timestamp,
}
