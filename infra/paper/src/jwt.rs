//! Tokens whose signature is another one every time.

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair, UnparsedPublicKey,
};
use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use serde_json::Value;

/// Header and claims of the token in an `Authorization` header.
pub(crate) fn parts(authorization: &str) -> Option<(Value, Value)> {
    let mut parts = authorization.strip_prefix("Bearer ")?.split('.');
    let mut json = || serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(parts.next()?).ok()?).ok();
    Some((json()?, json()?))
}

/// Whether two tokens have one header and one payload, and `given` is signed with the P-256 key `pem`. What is no token must be equal.
pub(crate) fn is_same(expected: &str, given: &str, pem: &str) -> bool {
    let (Some((expected, _)), Some((signed, signature))) = (expected.rsplit_once('.'), given.rsplit_once('.')) else {
        return expected == given;
    };
    expected == signed && verifies(pem, signed.trim_start_matches("Bearer "), signature).is_some()
}

fn verifies(pem: &str, signed: &str, signature: &str) -> Option<()> {
    let lines: String = pem.lines().filter(|line| !line.starts_with("-----")).collect();
    let der = BASE64_STANDARD.decode(lines).ok()?;
    let pair = EcdsaKeyPair::from_private_key_der(&ECDSA_P256_SHA256_FIXED_SIGNING, &der).ok()?;
    let public = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, pair.public_key().as_ref());
    public.verify(signed.as_bytes(), &BASE64_URL_SAFE_NO_PAD.decode(signature).ok()?).ok()
}
