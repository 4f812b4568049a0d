//! Makes access tokens.

use jsonwebtoken::{EncodingKey, Header, encode};
use shared::{
    caller::token::{ALGORITHM, Claims, LIFE, PublicKey, TYPE},
    error::Error,
    rotation::{Opened, in_use},
    time::Timestamp,
};
use zeroize::Zeroizing;

use crate::session::Session;

/// A signing key and its public half.
pub struct SigningKey {
    pub(crate) public: PublicKey,
    key: EncodingKey,
}

impl SigningKey {
    /// From a P-256 key (PKCS #8).
    ///
    /// # Errors
    /// `Internal` when it is no such key.
    pub fn new(pkcs8: &[u8]) -> Result<Self, Error> {
        Ok(Self { public: PublicKey::of(pkcs8)?, key: EncodingKey::from_ec_der(pkcs8) })
    }
}

/// Signs with the key whose time it is.
pub struct Signer {
    keys: Vec<Opened<SigningKey>>,
    url: String,
}

impl Signer {
    /// With these keys, by age, for tokens issued by and for `url`.
    #[must_use]
    pub fn new(keys: Vec<Opened<SigningKey>>, url: &str) -> Self {
        Self { keys, url: url.to_owned() }
    }

    /// The keys.
    #[must_use]
    pub fn keys(&self) -> &[Opened<SigningKey>] {
        &self.keys
    }

    /// A token for a session, and the moment it expires.
    ///
    /// # Errors
    /// `Internal` when signing fails.
    pub fn sign(&self, session: &Session, now: Timestamp) -> Result<(Zeroizing<String>, Timestamp), Error> {
        let key = &in_use(&self.keys, now)?.secret;
        let mut header = Header::new(ALGORITHM);
        header.typ = Some(TYPE.to_owned());
        header.kid = Some(key.public.kid.clone());
        let (iss, aud, exp) = (self.url.clone(), self.url.clone(), now + LIFE);
        let claims = Claims {
            iss,
            aud,
            sub: session.account,
            sid: session.id,
            iat: now,
            exp,
            authentication: session.authentication.clone(),
        };
        let token = encode(&header, &claims, &key.key).map_err(|_| Error::internal("signing failed"))?;
        Ok((Zeroizing::new(token), exp))
    }
}
