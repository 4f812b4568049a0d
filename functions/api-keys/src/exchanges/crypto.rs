//! The primitives that exchanges sign with, over aws-lc.

use aws_lc_rs::{
    digest,
    hmac::{self, Algorithm},
    rand::SystemRandom,
    rsa::KeyPair as RsaKeyPair,
    signature::{self, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use rustls_pki_types::{PrivateKeyDer, pem::PemObject};

use super::{Credentials, KeyType, Unsignable};

pub(super) use aws_lc_rs::hmac::{HMAC_SHA256, HMAC_SHA384, HMAC_SHA512};

/// What RFC 3986 reserves or forbids.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// HMAC of `text` under the bytes of `secret`.
pub(super) fn mac(algorithm: Algorithm, secret: &[u8], text: &[u8]) -> hmac::Tag {
    hmac::sign(&hmac::Key::new(algorithm, secret), text)
}

/// HMAC as lower-case hex.
pub(super) fn mac_hex(algorithm: Algorithm, secret: &str, text: &str) -> String {
    hex(mac(algorithm, secret.as_bytes(), text.as_bytes()).as_ref())
}

/// HMAC as base64.
pub(super) fn mac_base64(algorithm: Algorithm, secret: &str, text: &str) -> String {
    BASE64_STANDARD.encode(mac(algorithm, secret.as_bytes(), text.as_bytes()))
}

/// Lower-case hex.
pub(super) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// SHA-256.
pub(super) fn sha256(bytes: &[u8]) -> digest::Digest {
    digest::digest(&digest::SHA256, bytes)
}

/// SHA-512.
pub(super) fn sha512(bytes: &[u8]) -> digest::Digest {
    digest::digest(&digest::SHA512, bytes)
}

/// Percent-encoded, as JavaScript's `encodeURIComponent` does but for `!'()*`.
pub(super) fn percent(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

/// `a=1&b=2`, names and values percent-encoded.
pub(super) fn encoded(pairs: &[(String, String)]) -> String {
    join(pairs, percent)
}

/// `a=1&b=2`, as it is.
pub(super) fn unencoded(pairs: &[(String, String)]) -> String {
    join(pairs, str::to_owned)
}

fn join(pairs: &[(String, String)], form: impl Fn(&str) -> String) -> String {
    let pairs: Vec<_> = pairs.iter().map(|(name, value)| format!("{}={}", form(name), form(value))).collect();
    pairs.join("&")
}

/// `2023-11-14T22:13:20.000Z`: always with milliseconds.
pub(super) fn iso_millis(unix_ms: i64) -> Result<String, Unsignable> {
    let moment = jiff::Timestamp::from_millisecond(unix_ms).map_err(|_| Unsignable)?;
    Ok(format!("{moment:.3}"))
}

/// Ed25519 over `text`.
pub(super) fn ed25519(secret: &str, text: &[u8]) -> Result<Vec<u8>, Unsignable> {
    Ok(ed25519_pair(secret)?.sign(text).as_ref().to_vec())
}

/// RSASSA-PKCS1-v1_5 with SHA-256 over `text`.
pub(super) fn rsa(secret: &str, text: &[u8]) -> Result<Vec<u8>, Unsignable> {
    let pair = rsa_pair(secret)?;
    let mut signed = vec![0; pair.public_modulus_len()];
    let padding = &signature::RSA_PKCS1_SHA256;
    pair.sign(padding, &SystemRandom::new(), text, &mut signed).map_err(|_| Unsignable)?;
    Ok(signed)
}

/// ECDSA on P-256 with SHA-256 over `text`, as the 64 bytes r and s.
pub(super) fn es256(secret: &str, text: &[u8]) -> Result<Vec<u8>, Unsignable> {
    let signed = es256_pair(secret)?.sign(&SystemRandom::new(), text).map_err(|_| Unsignable)?;
    Ok(signed.as_ref().to_vec())
}

/// The public half of a private key: the same bytes in whatever form the private one is written. A shared key has none, and an
/// agent's is its address.
pub(super) fn public_half(kind: KeyType, secret: &str) -> Result<Vec<u8>, Unsignable> {
    Ok(match kind {
        KeyType::Ed25519 => ed25519_pair(secret)?.public_key().as_ref().to_vec(),
        KeyType::Rsa => rsa_pair(secret)?.public_key().as_ref().to_vec(),
        KeyType::Es256 => es256_pair(secret)?.public_key().as_ref().to_vec(),
        KeyType::Hmac | KeyType::Agent => return Err(Unsignable),
    })
}

/// From PEM (PKCS #8), or base64 of the 32-byte seed, of seed and public key in 64 bytes, or of PKCS #8.
fn ed25519_pair(secret: &str) -> Result<Ed25519KeyPair, Unsignable> {
    let pair = if secret.contains("-----BEGIN") {
        Ed25519KeyPair::from_pkcs8_maybe_unchecked(pem(secret)?.secret_der())
    } else {
        let raw = zeroize::Zeroizing::new(BASE64_STANDARD.decode(secret).map_err(|_| Unsignable)?);
        match raw.len() {
            32 => Ed25519KeyPair::from_seed_unchecked(&raw),
            64 => Ed25519KeyPair::from_seed_and_public_key(&raw[..32], &raw[32..]),
            _ => Ed25519KeyPair::from_pkcs8_maybe_unchecked(&raw),
        }
    };
    pair.map_err(|_| Unsignable)
}

/// From PEM, PKCS #1 or #8.
fn rsa_pair(secret: &str) -> Result<RsaKeyPair, Unsignable> {
    let pair = match pem(secret)? {
        PrivateKeyDer::Pkcs1(key) => RsaKeyPair::from_der(key.secret_pkcs1_der()),
        PrivateKeyDer::Pkcs8(key) => RsaKeyPair::from_pkcs8(key.secret_pkcs8_der()),
        _ => return Err(Unsignable),
    };
    pair.map_err(|_| Unsignable)
}

/// From PEM, SEC 1 or PKCS #8.
fn es256_pair(secret: &str) -> Result<EcdsaKeyPair, Unsignable> {
    let pair = match pem(secret)? {
        PrivateKeyDer::Sec1(key) => {
            EcdsaKeyPair::from_private_key_der(&ECDSA_P256_SHA256_FIXED_SIGNING, key.secret_sec1_der())
        }
        PrivateKeyDer::Pkcs8(key) => EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, key.secret_pkcs8_der()),
        _ => return Err(Unsignable),
    };
    pair.map_err(|_| Unsignable)
}

/// The rule that a private key has to be one. A shared key can be any text.
pub(super) fn parses(credentials: &Credentials) -> Result<(), (&'static str, &'static str)> {
    let rule = match credentials.key_type {
        KeyType::Hmac | KeyType::Agent => return Ok(()),
        KeyType::Ed25519 => "secret must be an Ed25519 private key, in PEM or base64",
        KeyType::Rsa => "secret must be an RSA private key, in PEM",
        KeyType::Es256 => "secret must be a P-256 private key, in PEM",
    };
    let public = public_half(credentials.key_type, &credentials.secret);
    public.map(drop).map_err(|Unsignable| ("secret", rule))
}

fn pem(secret: &str) -> Result<PrivateKeyDer<'static>, Unsignable> {
    PrivateKeyDer::from_pem_slice(secret.as_bytes()).map_err(|_| Unsignable)
}
