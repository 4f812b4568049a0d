//! Who signed an access token, and whether it is still good.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use jsonwebtoken::{DecodingKey, Header, Validation, decode, decode_header};

use super::{ALGORITHM, Claims, PublicKey, TYPE, VerifyingKey};
use crate::{error::Error, rotation::READ_AGAIN_AFTER, store::Store, tables::Rows, time::Timestamp};

/// Longer texts are refused before anything in them is parsed. Bytes.
const MAX_LENGTH: usize = 4_096;
/// An unknown `kid` makes an instance look for new keys, at most this often.
const RELOAD: Duration = Duration::from_secs(10);

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
