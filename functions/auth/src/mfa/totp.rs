//! Codes of an authenticator app (RFC 6238): SHA-1, six digits, a new one every 30 seconds, for that is what every app can do.

use aws_lc_rs::{constant_time::verify_slices_are_equal, hmac};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Serialize};
use shared::{error::Error, random, time::Timestamp};
use zeroize::Zeroizing;

use super::base32;

/// Seconds that a code is shown for.
const PERIOD: u64 = 30;
/// Digits of a code.
const DIGITS: usize = 6;
/// All that RFC 3986 lets stand for itself.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// What an app makes its codes of: 160 random bits, as RFC 4226 recommends. No `Debug`, no `Display`, no `Serialize`, on purpose.
pub struct TotpSecret(Zeroizing<[u8; Self::LENGTH]>);

/// A code as somebody has typed it in. No `Debug`: within its minute it opens an account.
pub struct TotpCode(Zeroizing<[u8; DIGITS]>);

/// Counts the 30 seconds since 1970. A code belongs to one, and is good only in a step above the last one that was used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Step(u64);

impl TotpSecret {
    /// Bytes.
    pub const LENGTH: usize = 20;

    /// A new one.
    ///
    /// # Errors
    /// `Internal` without randomness.
    pub fn random() -> Result<Self, Error> {
        random::bytes().map(Self::from_bytes)
    }

    /// For what has been opened.
    #[must_use]
    pub fn from_bytes(bytes: [u8; Self::LENGTH]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// For what seals it.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; Self::LENGTH] {
        &self.0
    }

    /// As people type it into an app: 32 characters.
    #[must_use]
    pub fn base32(&self) -> Zeroizing<String> {
        base32::encode(base32::RFC_4648, &*self.0)
    }

    /// As apps read it from a QR code: `otpauth://totp/PRODUCT:ADDRESS?secret=…&issuer=PRODUCT&algorithm=SHA1&digits=6&period=30`. A colon
    /// in the product's name is left out, for apps end it there, however it is written.
    #[must_use]
    pub fn uri(&self, product: &str, address: &str) -> Zeroizing<String> {
        let product = product.replace(':', "");
        let [product, address] = [&product, address].map(|part| utf8_percent_encode(part, RESERVED));
        let secret = self.base32();
        Zeroizing::new(format!(
            "otpauth://totp/{product}:{address}?secret={}&issuer={product}&algorithm=SHA1&digits={DIGITS}&period={PERIOD}",
            *secret
        ))
    }

    /// The step that a code belongs to: this one, the one before or the one after, as clocks and typing need it. All three are compared
    /// however the first one turns out. A code that belongs to two counts as that of the later one, so that it is not good again when
    /// that one comes.
    #[must_use]
    pub fn matching_step(&self, code: &TotpCode, now: Timestamp) -> Option<Step> {
        let this = u64::try_from(now.as_second()).ok()? / PERIOD;
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &*self.0);
        [this.saturating_sub(1), this, this + 1].into_iter().fold(None, |found, step| {
            let is_it = verify_slices_are_equal(&*code_of(&key, step), &*code.0).is_ok();
            if is_it { Some(Step(step)) } else { found }
        })
    }

    /// The code of the moment: what the owner's app shows.
    #[must_use]
    pub fn shown(&self, now: Timestamp) -> Zeroizing<String> {
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &*self.0);
        let code = code_of(&key, now.as_second().unsigned_abs() / PERIOD);
        Zeroizing::new(code.iter().copied().map(char::from).collect())
    }
}

impl TotpCode {
    /// Six ASCII digits, with spaces anywhere; `None` for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut code = Zeroizing::new([0; DIGITS]);
        let mut typed = text.bytes().filter(|byte| *byte != b' ');
        for digit in &mut *code {
            *digit = typed.next().filter(u8::is_ascii_digit)?;
        }
        typed.next().is_none().then_some(Self(code))
    }
}

/// RFC 4226, 5.3: the last six decimal digits.
fn code_of(key: &hmac::Key, step: u64) -> Zeroizing<[u8; DIGITS]> {
    let mut number = truncated(hmac::sign(key, &step.to_be_bytes()).as_ref());
    let mut code = Zeroizing::new([b'0'; DIGITS]);
    for digit in code.iter_mut().rev() {
        *digit += (number % 10) as u8;
        number /= 10;
    }
    code
}

/// RFC 4226, 5.3: 31 bits of the hash, from where its last four bits say.
pub(super) fn truncated(hash: &[u8]) -> u32 {
    let at = hash.last().map_or(0, |last| usize::from(last & 0xf));
    hash[at..].first_chunk().map_or(0, |bits| u32::from_be_bytes(*bits) & 0x7fff_ffff)
}
