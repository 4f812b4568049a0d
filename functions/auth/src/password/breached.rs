//! Passwords that were stolen from other services. Have I Been Pwned knows them by their SHA-1, and is asked for all that begin with the
//! same five digits: which one it is about never leaves this function.

use std::time::{Duration, Instant};

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use axum::{body::Bytes, http::Request};
use shared::wire::{Silence, Wire};
use zeroize::Zeroizing;

use super::normal_form;
use crate::config::BreachedPasswords;

/// The range API. <https://haveibeenpwned.com/API/v3#PwnedPasswords>
const RANGES: &str = "https://api.pwnedpasswords.com/range/";
/// In digits of a SHA-1: what is asked by.
const PREFIX: usize = 5;
/// In digits of a SHA-1: what stands in the answer.
const SUFFIX: usize = 35;
/// The largest answer that is read. Bytes; one with fillers has 1,000 lines of 40 or so.
const MAX_ANSWER: usize = 128 * 1024;

/// Who is asked. Cloning shares it.
#[derive(Clone)]
pub struct Breaches(Option<RangeApi>);

#[derive(Clone)]
struct RangeApi {
    wire: Wire,
    within: Duration,
}

impl Breaches {
    /// As it is configured.
    #[must_use]
    pub fn new(config: &BreachedPasswords) -> Self {
        match config {
            BreachedPasswords::Off => Self(None),
            BreachedPasswords::Hibp { stand_in, within } => {
                Self(Some(RangeApi { wire: Wire::new(stand_in.as_deref(), MAX_ANSWER), within: *within }))
            }
        }
    }

    /// Whether a password is known to have been stolen. It is taken in the form in which it is hashed, so that all spellings that open an
    /// account are judged alike; it is also the one in which keyboards write, and so the one that was stolen. Where nobody answers in time,
    /// or nothing that can be read, it passes: others being down must keep nobody out.
    pub async fn have(&self, password: &str) -> bool {
        let Some(api) = &self.0 else { return false };
        let answer = api.has(password).await;
        tracing::info!(event = "breach_check", "a password is looked for among those that were stolen");
        answer.unwrap_or_else(|failure| {
            let reason = failure.reason();
            tracing::warn!(event = "breach_check_failed", reason, "a password could not be looked for and passes");
            false
        })
    }
}

/// Why nobody knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Failure {
    Silent(Silence),
    /// The answer has another status than 200.
    Refused,
    /// The answer is no list of hashes and counts.
    Malformed,
}

impl Failure {
    const fn reason(self) -> &'static str {
        match self {
            Self::Silent(Silence::Unreachable | Silence::Refused) => "unreachable",
            Self::Silent(Silence::Unreadable | Silence::Unwritable) => "unreadable",
            Self::Refused => "refused",
            Self::Malformed => "malformed",
        }
    }
}

impl RangeApi {
    async fn has(&self, password: &str) -> Result<bool, Failure> {
        let until = Instant::now() + self.within;
        let hash = sha1_in_digits(&normal_form(password));
        let (prefix, suffix) = hash.split_at(PREFIX);
        // With fillers an answer's length tells nobody on the way which range it is.
        let request = Request::get(format!("{RANGES}{prefix}")).header("add-padding", "true").body(Bytes::new());
        let request = request.map_err(|_| Failure::Silent(Silence::Unwritable))?;
        let answer = self.wire.ask(request, until).await.map_err(Failure::Silent)?;
        if answer.status() != 200 {
            return Err(Failure::Refused);
        }
        listed(answer.body(), suffix)
    }
}

/// Whether a list of `SUFFIX:COUNT` has this suffix. Counts of 0 are fillers.
fn listed(list: &[u8], suffix: &str) -> Result<bool, Failure> {
    let list = std::str::from_utf8(list).map_err(|_| Failure::Malformed)?;
    let mut is_listed = None;
    for line in list.lines() {
        let (known, count) = line.split_once(':').ok_or(Failure::Malformed)?;
        let count: u64 = count.parse().map_err(|_| Failure::Malformed)?;
        if known.len() != SUFFIX || !known.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return Err(Failure::Malformed);
        }
        let is_it = count > 0 && known.eq_ignore_ascii_case(suffix);
        is_listed = Some(is_listed.unwrap_or(false) || is_it);
    }
    // There is no range without hashes.
    is_listed.ok_or(Failure::Malformed)
}

fn sha1_in_digits(password: &str) -> Zeroizing<String> {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    let hash = digest(&SHA1_FOR_LEGACY_USE_ONLY, password.as_bytes());
    let mut digits = Zeroizing::new(String::with_capacity(PREFIX + SUFFIX));
    for byte in hash.as_ref() {
        digits.extend([byte >> 4, byte & 15].map(|digit| char::from(DIGITS[usize::from(digit)])));
    }
    digits
}

#[cfg(test)]
mod tests {
    use super::*;

    /// "password", whose hash everybody knows, and a neighbour.
    const PASSWORD: &str = "1E4C9B93F3F0682250B6CF8331B7EE68FD8";
    const OTHER: &str = "1D2DA4053E34E76F6576ED1DA63134B5E2A";

    #[test]
    fn a_hash_is_written_as_their_lists_are() {
        assert_eq!(*sha1_in_digits("password"), format!("5BAA6{PASSWORD}"));
    }

    #[test]
    fn a_count_above_nothing_is_a_hit() {
        for (list, is_listed) in [
            (format!("{OTHER}:2\r\n{PASSWORD}:1"), true),
            (format!("{}:52256179\n", PASSWORD.to_lowercase()), true),
            (format!("{PASSWORD}:1\r\n{PASSWORD}:0\r\n"), true),
            (format!("{PASSWORD}:0\r\n{OTHER}:9"), false),
            (format!("{OTHER}:9"), false),
        ] {
            assert_eq!(listed(list.as_bytes(), PASSWORD), Ok(is_listed), "{list}");
        }
    }

    #[test]
    fn what_is_no_list_says_nothing() {
        let odd = ["", "<html>", PASSWORD, "5BAA6:1", &format!("{PASSWORD}:1\nend"), &format!("{PASSWORD}:-1")];
        for list in odd.map(str::as_bytes).into_iter().chain([&b"\xff"[..]]) {
            assert_eq!(listed(list, PASSWORD), Err(Failure::Malformed), "{list:?}");
        }
    }
}
