//! Makes access tokens.

use std::time::Duration;

use aws_lc_rs::{
    digest,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair},
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use jsonwebtoken::{EncodingKey, Header, encode};
use shared::{
    error::Error,
    ids::{AccountId, SessionId},
    time::Timestamp,
    token::{ALGORITHM, Claims, PublicKey, TYPE},
};
use zeroize::Zeroizing;

/// Life of an access token.
const LIFE: Duration = Duration::from_mins(15);

/// A signing key and its public half.
pub struct Signer {
    pub(crate) public: PublicKey,
    key: EncodingKey,
    url: String,
}

impl Signer {
    /// From a P-256 key (PKCS #8), for tokens issued by and for `url`.
    ///
    /// # Errors
    /// `Internal` when it is no such key.
    pub fn new(pkcs8: &[u8], url: &str) -> Result<Self, Error> {
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8)
            .map_err(|_| Error::internal("the signing key is malformed"))?;
        // Uncompressed point: 0x04, x, y.
        let (x, y) = pair.public_key().as_ref()[1..].split_at(32);
        let (x, y) = (BASE64_URL_SAFE_NO_PAD.encode(x), BASE64_URL_SAFE_NO_PAD.encode(y));
        let public = PublicKey { kid: thumbprint(&x, &y), x, y };
        Ok(Self { public, key: EncodingKey::from_ec_der(pkcs8), url: url.to_owned() })
    }

    /// A token for a session, and the moment it expires.
    ///
    /// # Errors
    /// `Internal` when signing fails.
    pub fn sign(
        &self,
        account: AccountId,
        session: SessionId,
        now: Timestamp,
    ) -> Result<(Zeroizing<String>, Timestamp), Error> {
        let mut header = Header::new(ALGORITHM);
        header.typ = Some(TYPE.to_owned());
        header.kid = Some(self.public.kid.clone());
        let (iss, aud, exp) = (self.url.clone(), self.url.clone(), now + LIFE);
        let claims = Claims { iss, aud, sub: account, sid: session, iat: now, exp };
        let token = encode(&header, &claims, &self.key).map_err(|_| Error::internal("signing failed"))?;
        Ok((Zeroizing::new(token), exp))
    }
}

/// RFC 7638: SHA-256 of the key's members in their canonical form.
fn thumbprint(x: &str, y: &str) -> String {
    let canonical = format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#);
    BASE64_URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, canonical.as_bytes()))
}
