//! The keys of access tokens, and the tokens that they sign.

use aws_lc_rs::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair},
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use jsonwebtoken::Header;
use serde::Serialize;
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

/// A signing key and its public half. It is read once: `jsonwebtoken` would read it anew for every token, which takes as long as signing
/// does.
pub struct SigningKey {
    pub(crate) public: PublicKey,
    pair: EcdsaKeyPair,
    /// The header of its tokens, base64url.
    header: String,
}

impl SigningKey {
    /// From a P-256 key (PKCS #8).
    ///
    /// # Errors
    /// `Internal` when it is no such key.
    pub fn new(pkcs8: &[u8]) -> Result<Self, Error> {
        let public = PublicKey::of(pkcs8)?;
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8);
        let pair = pair.map_err(|_| Error::internal("the signing key is malformed"))?;
        let (typ, kid) = (Some(TYPE.to_owned()), Some(public.kid.clone()));
        let header = part(&Header { typ, kid, ..Header::new(ALGORITHM) })?;
        Ok(Self { public, pair, header })
    }

    /// A JWT that says this (RFC 7515, compact).
    fn sign(&self, claims: &Claims) -> Result<String, Error> {
        let mut token = format!("{}.{}", self.header, part(claims)?);
        let signature = self.pair.sign(&SystemRandom::new(), token.as_bytes());
        let signature = signature.map_err(|_| Error::internal("signing failed"))?;
        token.push('.');
        BASE64_URL_SAFE_NO_PAD.encode_string(signature, &mut token);
        Ok(token)
    }
}

/// One of the first two parts of a JWT: base64url of its JSON.
fn part(content: &impl Serialize) -> Result<String, Error> {
    let json = serde_json::to_vec(content).map_err(|_| Error::internal("a token cannot be written"))?;
    Ok(BASE64_URL_SAFE_NO_PAD.encode(json))
}

/// An access token, given out once. No `Debug`, no `Display`, no `Serialize`, on purpose.
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
        let (iss, aud, exp) = (self.url.clone(), self.url.clone(), now + LIFE);
        let Authentication { aal, amr, auth_time } = authentication;
        let claims = Claims { iss, aud, sub, sid, iat: now, exp, aal, amr, auth_time };
        Ok(AccessToken { text: Zeroizing::new(key.sign(&claims)?), expires_at: exp })
    }
}
