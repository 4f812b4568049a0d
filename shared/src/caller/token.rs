//! Access tokens: what they say, and how every function checks them. Only `auth` makes them.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use aws_lc_rs::{
    digest,
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair},
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, DecodingKey, Header, Validation, decode, decode_header};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{Aal, Method};
use crate::{
    error::Error,
    ids::{AccountId, SessionId},
    rotation::READ_AGAIN_AFTER,
    store::Store,
    tables::Rows,
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
/// Longer texts are refused before anything in them is parsed. Bytes.
const MAX_LENGTH: usize = 4_096;
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
    /// How sure it is who signed in: for other services, as are the next two. Ours ask the session's row.
    pub aal: Aal,
    /// By what the owner has proven to be that.
    pub amr: Vec<Method>,
    /// When that was.
    pub auth_time: Timestamp,
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

impl PublicKey {
    /// The public half of a P-256 key (PKCS #8).
    ///
    /// # Errors
    /// `Internal` when it is no such key.
    pub fn of(pkcs8: &[u8]) -> Result<Self, Error> {
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8)
            .map_err(|_| Error::internal("the signing key is malformed"))?;
        // Uncompressed point: 0x04, x, y.
        let (x, y) = pair.public_key().as_ref()[1..].split_at(32);
        let (x, y) = (BASE64_URL_SAFE_NO_PAD.encode(x), BASE64_URL_SAFE_NO_PAD.encode(y));
        Ok(Self { kid: thumbprint(&x, &y), x, y })
    }
}

/// RFC 7638: SHA-256 of the key's members in their canonical form.
fn thumbprint(x: &str, y: &str) -> String {
    let canonical = format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#);
    BASE64_URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, canonical.as_bytes()))
}

/// A new P-256 key, PKCS #8.
///
/// # Errors
/// `Internal` without randomness.
pub fn new_signing_key() -> Result<Zeroizing<Vec<u8>>, Error> {
    let pair = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new());
    let pair = pair.map_err(|_| Error::internal("no signing key could be made"))?;
    Ok(Zeroizing::new(pair.as_ref().to_vec()))
}

/// A public key as it is stored for all functions.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct VerifyingKey {
    /// The key.
    #[serde(flatten)]
    pub public: PublicKey,
    /// Withdrawn from here on: no token of it is good any more. None for never.
    pub until: Option<Timestamp>,
}

impl VerifyingKey {
    /// Whether it has been withdrawn.
    #[must_use]
    pub fn is_withdrawn(&self, now: Timestamp) -> bool {
        self.until.is_some_and(|until| until <= now)
    }
}

/// Checks tokens against the published keys, which it keeps for ten minutes.
pub struct Verifier {
    store: Store,
    url: String,
    keys: RwLock<Arc<Keys>>,
}

#[derive(Default)]
struct Keys {
    by_kid: HashMap<String, (VerifyingKey, DecodingKey)>,
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

    /// The claims of a token that is authentic and has not expired, of a key that has not been withdrawn.
    ///
    /// # Errors
    /// `InvalidToken`; `Unavailable` when the keys cannot be read.
    pub async fn verify(&self, token: &str, now: Timestamp) -> Result<Claims, Error> {
        let (claims, is_withdrawn) = self.signed(token, now).await?;
        if claims.exp > now && !is_withdrawn { Ok(claims) } else { Err(Error::InvalidToken) }
    }

    /// The claims of a token that is authentic, expired or not, its key withdrawn or not: good for ending its session, for nothing
    /// else.
    ///
    /// # Errors
    /// `InvalidToken`; `Unavailable` when the keys cannot be read.
    pub async fn authentic(&self, token: &str, now: Timestamp) -> Result<Claims, Error> {
        Ok(self.signed(token, now).await?.0)
    }

    /// The published keys, at most ten minutes old.
    ///
    /// # Errors
    /// `Unavailable`.
    pub async fn published(&self, now: Timestamp) -> Result<Vec<PublicKey>, Error> {
        let keys = self.keys(None, now).await?;
        let mut published: Vec<_> = keys.by_kid.values().filter(|(key, _)| !key.is_withdrawn(now)).collect();
        published.sort_by_key(|(key, _)| &key.public.kid);
        Ok(published.into_iter().map(|(key, _)| key.public.clone()).collect())
    }

    /// Reads the published keys now, so that the first request need not.
    ///
    /// # Errors
    /// `Unavailable`.
    pub async fn load(&self, now: Timestamp) -> Result<(), Error> {
        let stored: Vec<VerifyingKey> = self.store.query(Rows::VerifyingKeys).await?;
        let mut by_kid = HashMap::with_capacity(stored.len());
        for key in stored {
            // One that is malformed makes tokens of its own worthless and no others.
            if let Ok(decoding) = DecodingKey::from_ec_components(&key.public.x, &key.public.y) {
                by_kid.insert(key.public.kid.clone(), (key, decoding));
            } else {
                tracing::error!(kid = key.public.kid, "a published key is malformed");
            }
        }
        *self.keys.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(Keys { by_kid, read_at: Some(now) });
        Ok(())
    }

    /// Whether a key was published when that was looked up last.
    #[must_use]
    pub fn knows(&self, kid: &str) -> bool {
        self.kept().by_kid.contains_key(kid)
    }

    /// What a token says, and whether its key has been withdrawn.
    async fn signed(&self, token: &str, now: Timestamp) -> Result<(Claims, bool), Error> {
        let header = acceptable_header(token).ok_or(Error::InvalidToken)?;
        let kid = header.kid.ok_or(Error::InvalidToken)?;
        let keys = self.keys(Some(&kid), now).await?;
        let (stored, key) = keys.by_kid.get(&kid).ok_or(Error::InvalidToken)?;
        let claims = decode::<Claims>(token, key, &self.validation()).map_err(|_| Error::InvalidToken)?;
        Ok((claims.claims, stored.is_withdrawn(now)))
    }

    /// The keys, read again when they are old, when there are none yet, or when a `kid` is not among them.
    async fn keys(&self, kid: Option<&str>, now: Timestamp) -> Result<Arc<Keys>, Error> {
        let kept = self.kept();
        let is_known = !kept.by_kid.is_empty() && kid.is_none_or(|kid| kept.by_kid.contains_key(kid));
        let may_look = kept.by_kid.is_empty() || kept.are_older_than(RELOAD, now);
        if kept.are_older_than(READ_AGAIN_AFTER, now) || (!is_known && may_look) {
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
