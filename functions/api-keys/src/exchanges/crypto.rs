//! The primitives that exchanges sign with, over aws-lc.

use aws_lc_rs::{
    digest,
    hmac::{self, Algorithm},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::{Credentials, KeyType, PrivateKey, Unsignable};

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
    PrivateKey::of(KeyType::Ed25519, secret)?.sign(text)
}

/// RSASSA-PKCS1-v1_5 with SHA-256 over `text`.
pub(super) fn rsa(secret: &str, text: &[u8]) -> Result<Vec<u8>, Unsignable> {
    PrivateKey::of(KeyType::Rsa, secret)?.sign(text)
}

/// ECDSA on P-256 with SHA-256 over `text`, as the 64 bytes r and s.
pub(super) fn es256(secret: &str, text: &[u8]) -> Result<Vec<u8>, Unsignable> {
    PrivateKey::of(KeyType::Es256, secret)?.sign(text)
}

/// The rule that a private key has to be one. A shared key can be any text.
pub(super) fn parses(credentials: &Credentials) -> Result<(), (&'static str, &'static str)> {
    let rule = match credentials.key_type {
        KeyType::Hmac | KeyType::Agent => return Ok(()),
        KeyType::Ed25519 => "secret must be an Ed25519 private key, in PEM or base64",
        KeyType::Rsa => "secret must be an RSA private key, in PEM or base64",
        KeyType::Es256 => "secret must be a P-256 private key, in PEM or base64",
    };
    let key = PrivateKey::of(credentials.key_type, &credentials.secret);
    key.map(drop).map_err(|Unsignable| ("secret", rule))
}
