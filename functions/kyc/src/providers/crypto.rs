//! Secrets, and the two forms of signature that the providers share, over aws-lc.

use aws_lc_rs::{
    constant_time::verify_slices_are_equal,
    digest,
    hmac::{Algorithm, Context, Key, Tag},
};
use axum::http::{HeaderMap, header};
use shared::time::Timestamp;
use zeroize::Zeroizing;

use super::Unproven;

pub(super) use aws_lc_rs::hmac::{HMAC_SHA256, HMAC_SHA512};

/// What a provider signs with, or the token that it shows. No `Debug`, no `Clone`, no `Serialize`, on purpose.
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// `None` for an empty one: everybody knows that.
    #[must_use]
    pub fn new(text: String) -> Option<Self> {
        let text = Zeroizing::new(text);
        (!text.trim().is_empty()).then_some(Self(text))
    }

    pub(super) fn reveal(&self) -> &str {
        &self.0
    }
}

/// How far the clock of a delivery may be from ours. Seconds.
pub(super) const TOLERANCE: u64 = 300;
/// How many stamped signatures of one delivery are tried. Nobody sends more than a few, and each costs a pass over the body.
const MAX_SIGNATURES: usize = 16;

/// Checks `Authorization: Bearer …` against tokens of which any will do.
///
/// # Errors
/// `MissingSignature` without a token, `BadSignature` with a wrong one, `NoSecret` when there is none to compare it with.
pub fn bearer(headers: &HeaderMap, tokens: &[Secret]) -> Result<(), Unproven> {
    if tokens.is_empty() {
        return Err(Unproven::NoSecret);
    }
    let value = headers.get(header::AUTHORIZATION).ok_or(Unproven::MissingSignature)?;
    let (scheme, token) = value.as_bytes().split_at_checked("Bearer ".len()).ok_or(Unproven::MissingSignature)?;
    if !scheme.eq_ignore_ascii_case(b"Bearer ") || token.trim_ascii().is_empty() {
        return Err(Unproven::MissingSignature);
    }
    // Hashes have one length, so that the comparison does not tell that of the token.
    let hash = sha256(token.trim_ascii());
    let is_ours = |ours: &Secret| verify_slices_are_equal(sha256(ours.reveal().as_bytes()).as_ref(), hash.as_ref());
    if tokens.iter().any(|ours| is_ours(ours).is_ok()) { Ok(()) } else { Err(Unproven::BadSignature) }
}

/// Checks a header that holds the HMAC of the body in hex, and nothing else.
pub(super) fn verify_plain(
    algorithm: Algorithm,
    secrets: &[Secret],
    headers: &HeaderMap,
    name: &str,
    body: &[u8],
) -> Result<(), Unproven> {
    let values: Vec<_> = parts(headers, name).collect();
    if values.is_empty() {
        return Err(Unproven::MissingSignature);
    }
    let given: Vec<_> = values.into_iter().filter_map(|hex| given_mac(algorithm, hex)).collect();
    if given.is_empty() {
        return Err(Unproven::MalformedHeader);
    }
    let is_ours = secrets.iter().any(|secret| {
        let ours = mac(algorithm, secret, &[body]);
        given.iter().any(|given| is_same(&ours, given))
    });
    if is_ours { Ok(()) } else { Err(Unproven::BadSignature) }
}

/// Checks a header of the form `t=SECONDS,v1=HEX`: HMAC-SHA-256 of the time, a point and the body. Any of several signatures
/// will do; each belongs to the time before it. Other versions than `v1` count for nothing.
pub(super) fn verify_stamped(
    secrets: &[Secret],
    headers: &HeaderMap,
    name: &str,
    body: &[u8],
    now: Timestamp,
) -> Result<(), Unproven> {
    let parts: Vec<_> = parts(headers, name).collect();
    let mut time = parts.iter().find_map(|part| part.strip_prefix("t="));
    let mut given = Vec::new();
    for part in &parts {
        if let Some(later) = part.strip_prefix("t=") {
            time = Some(later);
        } else if let Some(hex) = part.strip_prefix("v1=") {
            given.push((time, hex));
        }
    }
    if given.is_empty() {
        return Err(Unproven::MissingSignature);
    }
    let readable =
        given.into_iter().filter_map(|(time, hex)| Some((time?, time?.parse().ok()?, given_mac(HMAC_SHA256, hex)?)));
    let readable: Vec<(&str, i64, Vec<u8>)> = readable.take(MAX_SIGNATURES).collect();
    if readable.is_empty() {
        return Err(Unproven::MalformedHeader);
    }
    // Stale means genuine and late: nobody else's delivery may look like one.
    let mut refusal = Unproven::BadSignature;
    for (time, second, given) in readable {
        let is_ours = |secret: &Secret| is_same(&stamp(secret, time, body), &given);
        if secrets.iter().any(is_ours) {
            if is_near(second, now, TOLERANCE) {
                return Ok(());
            }
            refusal = Unproven::StaleTimestamp;
        }
    }
    Err(refusal)
}

/// Whether a moment is at most `tolerance` seconds away, before or after.
pub(super) fn is_near(second: i64, now: Timestamp, tolerance: u64) -> bool {
    second.abs_diff(now.as_second()) <= tolerance
}

/// SHA-256 as hex.
pub(super) fn sha256_hex(bytes: &[u8]) -> String {
    hex(sha256(bytes).as_ref())
}

fn sha256(bytes: &[u8]) -> digest::Digest {
    digest::digest(&digest::SHA256, bytes)
}

fn stamp(secret: &Secret, time: &str, body: &[u8]) -> Tag {
    mac(HMAC_SHA256, secret, &[time.as_bytes(), b".", body])
}

/// HMAC of the texts one after the other. The key is the whole secret, its prefix included.
fn mac(algorithm: Algorithm, secret: &Secret, texts: &[&[u8]]) -> Tag {
    let mut context = Context::with_key(&Key::new(algorithm, secret.reveal().as_bytes()));
    for text in texts {
        context.update(text);
    }
    context.sign()
}

/// A whole MAC in hex: half a one is none.
fn given_mac(algorithm: Algorithm, hex: &str) -> Option<Vec<u8>> {
    unhex(hex).filter(|mac| mac.len() == algorithm.digest_algorithm().output_len())
}

/// Compares whole MACs in constant time.
fn is_same(ours: &Tag, given: &[u8]) -> bool {
    verify_slices_are_equal(ours.as_ref(), given).is_ok()
}

/// The parts of all headers of this name, which a gateway may have joined with commas. A value that is no ASCII is a part that
/// nothing can read.
fn parts<'a>(headers: &'a HeaderMap, name: &str) -> impl Iterator<Item = &'a str> {
    let values = headers.get_all(name).into_iter().map(|value| value.to_str().unwrap_or("?"));
    values.flat_map(|value| value.split([',', ' '])).filter(|part| !part.is_empty())
}

/// Lower-case hex.
pub(super) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The bytes of a hex text in either case.
fn unhex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: &u8| char::from(*byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let digits: Vec<_> = text.bytes().map(|byte| digit(&byte)).collect::<Option<_>>()?;
    digits.len().is_multiple_of(2).then(|| digits.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect())
}
