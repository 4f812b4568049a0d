//! Access tokens: what they say, and how every function checks them. Only `auth` makes them.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use jsonwebtoken::{Algorithm, DecodingKey, Header, Validation, decode, decode_header};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    error::Error,
    ids::{AccountId, SessionId},
    keys::Rows,
    store::Store,
    time::Timestamp,
};

/// The one algorithm: ECDSA on P-256 with SHA-256.
pub const ALGORITHM: Algorithm = Algorithm::ES256;
/// `typ` of an access token (RFC 9068), so that no other token of ours passes for one.
pub const TYPE: &str = "at+jwt";
/// Longer texts are refused before anything in them is parsed. Bytes.
const MAX_LENGTH: usize = 4_096;
/// Keys are read again after this long, so that one that is withdrawn is soon worthless everywhere.
const KEPT: Duration = Duration::from_mins(10);
/// An unknown `kid` makes an instance look for new keys, at most this often.
const RELOAD: Duration = Duration::from_secs(10);

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
}

/// The public half of a signing key, as stored and as published (RFC 7517 names).
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct PublicKey {
    /// Names the key.
    pub kid: String,
    /// X coordinate, base64url.
    pub x: String,
    /// Y coordinate, base64url.
    pub y: String,
}

/// Checks tokens against the published keys, which it keeps for ten minutes.
pub struct Verifier {
    store: Store,
    url: String,
    keys: RwLock<Arc<Keys>>,
}

#[derive(Default)]
struct Keys {
    published: Vec<PublicKey>,
    by_kid: HashMap<String, DecodingKey>,
    read_at: Option<Timestamp>,
}

impl Keys {
    fn are_older_than(&self, age: Duration, now: Timestamp) -> bool {
        self.read_at.is_none_or(|at| at + age <= now)
    }
}

impl Verifier {
    /// For tokens issued by and for `url`.
    #[must_use]
    pub fn new(store: Store, url: &str) -> Self {
        Self { store, url: url.to_owned(), keys: RwLock::default() }
    }

    /// The claims of a token that is authentic and has not expired.
    ///
    /// # Errors
    /// `InvalidToken`; `Unavailable` when the keys cannot be read.
    pub async fn verify(&self, token: &str, now: Timestamp) -> Result<Claims, Error> {
        let claims = self.authentic(token, now).await?;
        if claims.exp > now { Ok(claims) } else { Err(Error::InvalidToken) }
    }

    /// The claims of a token that is authentic, expired or not: good for ending its session, for nothing else.
    ///
    /// # Errors
    /// `InvalidToken`; `Unavailable` when the keys cannot be read.
    pub async fn authentic(&self, token: &str, now: Timestamp) -> Result<Claims, Error> {
        let header = acceptable_header(token).ok_or(Error::InvalidToken)?;
        let kid = header.kid.ok_or(Error::InvalidToken)?;
        let keys = self.keys(Some(&kid), now).await?;
        let key = keys.by_kid.get(&kid).ok_or(Error::InvalidToken)?;
        let claims = decode::<Claims>(token, key, &self.validation()).map_err(|_| Error::InvalidToken)?;
        Ok(claims.claims)
    }

    /// The published keys, at most ten minutes old.
    ///
    /// # Errors
    /// `Unavailable`.
    pub async fn published(&self, now: Timestamp) -> Result<Vec<PublicKey>, Error> {
        Ok(self.keys(None, now).await?.published.clone())
    }

    /// Reads the published keys now, so that the first request need not.
    ///
    /// # Errors
    /// `Unavailable`.
    pub async fn load(&self, now: Timestamp) -> Result<(), Error> {
        let published: Vec<PublicKey> = self.store.query(Rows::VerifyingKeys).await?;
        let mut by_kid = HashMap::with_capacity(published.len());
        for key in &published {
            let decoding = DecodingKey::from_ec_components(&key.x, &key.y);
            by_kid.insert(key.kid.clone(), decoding.map_err(|_| Error::internal("a published key is malformed"))?);
        }
        let keys = Arc::new(Keys { published, by_kid, read_at: Some(now) });
        *self.keys.write().unwrap_or_else(PoisonError::into_inner) = keys;
        Ok(())
    }

    /// The keys, read again when they are old, when there are none yet, or when a `kid` is not among them.
    async fn keys(&self, kid: Option<&str>, now: Timestamp) -> Result<Arc<Keys>, Error> {
        let kept = self.kept();
        let is_known = !kept.by_kid.is_empty() && kid.is_none_or(|kid| kept.by_kid.contains_key(kid));
        let may_look = kept.by_kid.is_empty() || kept.are_older_than(RELOAD, now);
        if kept.are_older_than(KEPT, now) || (!is_known && may_look) {
            self.load(now).await?;
        }
        Ok(self.kept())
    }

    fn kept(&self) -> Arc<Keys> {
        Arc::clone(&self.keys.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn validation(&self) -> Validation {
        let mut validation = Validation::new(ALGORITHM);
        validation.set_issuer(&[&self.url]);
        validation.set_audience(&[&self.url]);
        validation.set_required_spec_claims(&["iss", "aud", "sub", "exp"]);
        // Expiry is compared with the clock that the rest of the request uses.
        validation.validate_exp = false;
        validation
    }
}

fn acceptable_header(token: &str) -> Option<Header> {
    if token.len() > MAX_LENGTH || token.split('.').count() != 3 {
        return None;
    }
    let header = decode_header(token).ok()?;
    (header.alg == ALGORITHM && header.typ.as_deref() == Some(TYPE)).then_some(header)
}

#[cfg(test)]
mod tests {
    use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};

    use super::*;

    fn token(header: &str, payload: &str) -> String {
        format!("{}.{}.c2ln", BASE64_URL_SAFE_NO_PAD.encode(header), BASE64_URL_SAFE_NO_PAD.encode(payload))
    }

    #[test]
    fn only_our_own_kind_of_token_is_looked_at() {
        let ours = r#"{"alg":"ES256","typ":"at+jwt","kid":"k"}"#;
        assert!(acceptable_header(&token(ours, "{}")).is_some());
        for other in [
            r#"{"alg":"ES256","typ":"JWT","kid":"k"}"#,
            r#"{"alg":"ES256","kid":"k"}"#,
            r#"{"alg":"HS256","typ":"at+jwt","kid":"k"}"#,
            r#"{"alg":"none","typ":"at+jwt","kid":"k"}"#,
            "[]",
            "",
        ] {
            assert!(acceptable_header(&token(other, "{}")).is_none(), "{other}");
        }
        assert!(acceptable_header(&format!("{}.x", token(ours, "{}"))).is_none());
    }

    #[test]
    fn an_overlong_token_is_not_looked_at() {
        let ours = r#"{"alg":"ES256","typ":"at+jwt","kid":"k"}"#;
        let fits = token(ours, &" ".repeat(3_000));
        assert!(fits.len() <= MAX_LENGTH && acceptable_header(&fits).is_some());
        let long = token(ours, &" ".repeat(3_100));
        assert!(long.len() > MAX_LENGTH && acceptable_header(&long).is_none());
    }
}
