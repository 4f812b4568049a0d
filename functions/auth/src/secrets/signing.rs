//! The keys of access tokens, and the tokens that they sign.

use jsonwebtoken::{EncodingKey, Header, encode};
use shared::{
    caller::{
        Authentication,
        token::{ALGORITHM, Claims, LIFE, PublicKey, TYPE},
    },
    error::Error,
    ids::{AccountId, SessionId},
    rotation::{Opened, in_use},
    time::Timestamp,
};
use zeroize::Zeroizing;

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

/// Given out once. No `Debug`, no `Display`, no `Serialize`, on purpose.
pub struct AccessToken {
    /// The JWT.
    pub text: Zeroizing<String>,
    /// When it expires.
    pub expires_at: Timestamp,
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

    /// All of them, by age.
    #[must_use]
    pub fn keys(&self) -> &[Opened<SigningKey>] {
        &self.keys
    }

    /// A token for a session `sid` of the account `sub`, opened by this `authentication`.
    ///
    /// # Errors
    /// `Internal` when signing fails.
    pub fn sign(
        &self,
        sub: AccountId,
        sid: SessionId,
        authentication: Authentication,
        now: Timestamp,
    ) -> Result<AccessToken, Error> {
        let key = &in_use(&self.keys, now)?.secret;
        let mut header = Header::new(ALGORITHM);
        header.typ = Some(TYPE.to_owned());
        header.kid = Some(key.public.kid.clone());
        let (iss, aud, exp) = (self.url.clone(), self.url.clone(), now + LIFE);
        let Authentication { aal, amr, auth_time } = authentication;
        let claims = Claims { iss, aud, sub, sid, iat: now, exp, aal, amr, auth_time };
        let text = encode(&header, &claims, &key.key).map_err(|_| Error::internal("signing failed"))?;
        Ok(AccessToken { text: Zeroizing::new(text), expires_at: exp })
    }
}
