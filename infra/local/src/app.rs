//! An authenticator app for people without a phone: what it shows for a secret (RFC 6238). The functions have a reading of that document of
//! their own; if this one calculated with their code, a fault of theirs would confirm itself.

use aws_lc_rs::hmac;
use serde::Serialize;
use shared::time::Timestamp;

/// Of RFC 4648.
const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
/// Seconds that a code is shown for.
const PERIOD: i64 = 30;

/// What the app shows.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Shown {
    /// Six digits.
    pub(crate) code: String,
    /// For how many seconds they are shown.
    pub(crate) seconds_left: i64,
}

impl Shown {
    /// For a secret in base32, spaces and lower case as people type it; `None` if it is none.
    pub(crate) fn by(secret: &str, now: Timestamp) -> Option<Self> {
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &bytes(secret)?);
        let step = now.as_second().div_euclid(PERIOD);
        let hash = hmac::sign(&key, &step.to_be_bytes());
        // RFC 4226, 5.3: 31 bits, from where the last four say.
        let at = usize::from(hash.as_ref().last()? & 0xf);
        let number = u32::from_be_bytes(*hash.as_ref().get(at..)?.first_chunk()?) & 0x7fff_ffff;
        let code = format!("{:06}", number % 1_000_000);
        Some(Self { code, seconds_left: PERIOD - now.as_second().rem_euclid(PERIOD) })
    }
}

/// What base32 stands for; bits beyond the last whole byte are padding.
fn bytes(secret: &str) -> Option<Vec<u8>> {
    let (mut bytes, mut bits, mut held) = (Vec::new(), 0_u32, 0);
    for character in secret.trim_end_matches('=').bytes().filter(|byte| *byte != b' ') {
        let digit = ALPHABET.iter().position(|digit| *digit == character.to_ascii_uppercase())?;
        bits = (bits << 5 | u32::try_from(digit).ok()?) & 0xfff;
        held += 5;
        if held >= 8 {
            held -= 8;
            bytes.push(u8::try_from(bits >> held & 0xff).ok()?);
        }
    }
    (!bytes.is_empty()).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(secret: &str, second: i64) -> Option<Shown> {
        Shown::by(secret, Timestamp::from_second(second))
    }

    /// The last six digits of those in RFC 6238, appendix B.
    #[test]
    fn known_codes_are_shown() {
        let secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
        for (second, code, seconds_left) in [
            (59, "287082", 1),
            (1_111_111_109, "081804", 1),
            (1_111_111_111, "050471", 29),
            (1_234_567_890, "005924", 30),
            (20_000_000_000, "353130", 10),
        ] {
            let expected = Shown { code: code.to_owned(), seconds_left };
            assert_eq!(shown(secret, second), Some(expected), "{second}");
        }
        assert_eq!(shown("gezd gnbv gy3t qojq gezd gnbv gy3t qojq", 59), shown(secret, 59));
    }

    #[test]
    fn what_is_no_base32_shows_nothing() {
        for secret in ["", "A", "0189", "GEZD-GNBV", "\u{e4}"] {
            assert_eq!(shown(secret, 59), None, "{secret}");
        }
    }
}
