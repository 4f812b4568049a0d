//! Proof of work: a token that only we can have made, and the number that makes its hash begin with zeros. Nothing is kept of a token
//! before it is used: all that it stands for is in it, or was hashed with it.

use std::time::Duration;

use aws_lc_rs::{
    digest::{SHA256, digest},
    hmac,
};
use axum::http::HeaderValue;
use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine};
use serde::Serialize;
use shared::{caller::ClientAddress, error::Error, link::LinkKey, random, time::Timestamp};

use crate::limits::Group;

/// How long a token may take to be solved.
const LIFE: Duration = Duration::from_mins(5);
/// Bytes of a token: when it ends, how many zeros it wants, and random ones, so that no two are the same.
const SAID: usize = 8 + 1 + 8;
/// Bytes of the proof that it is ours.
const TAG: usize = 32;
/// The longest number that is hashed. Characters.
const LONGEST_NONCE: usize = 32;

/// A token that somebody has solved.
pub struct Solution {
    token: [u8; SAID + TAG],
    expires_at: Timestamp,
}

/// What is kept of a token that was used, until it would have ended anyway.
#[derive(Serialize)]
pub struct Used {
    ttl: Timestamp,
}

/// What a client is asked for: a token of its own for one thing of `group`, with `bits` zeros.
///
/// # Errors
/// `Internal` without randomness.
pub fn asked(
    key: &LinkKey,
    group: Group,
    client: &ClientAddress,
    bits: u8,
    now: Timestamp,
) -> Result<HeaderValue, Error> {
    let expires_at = (now + LIFE).as_second().to_be_bytes();
    let said = [&expires_at[..], &[bits], &random::bytes::<8>()?].concat();
    let tag = hmac::sign(&challenge_key(key), &proven(&said, group, client));
    let token = BASE64_URL_SAFE_NO_PAD.encode([&said, tag.as_ref()].concat());
    HeaderValue::try_from(format!("pow;{token};{bits}")).map_err(|_| Error::internal("a challenge is no header"))
}

impl Solution {
    /// The solution in an answer, `TOKEN.NONCE`, of a client that was asked for it under one of the keys; `None` for any other text.
    #[must_use]
    pub fn read<'k>(
        answer: &str,
        mut keys: impl Iterator<Item = &'k LinkKey>,
        group: Group,
        client: &ClientAddress,
        now: Timestamp,
    ) -> Option<Self> {
        let (text, nonce) = answer.split_once('.')?;
        let token: [u8; SAID + TAG] = BASE64_URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()?;
        let (said, tag) = token.split_at(SAID);
        let (expires_at, [bits, ..]) = said.split_first_chunk::<8>()? else { return None };
        let expires_at = Timestamp::from_second(i64::from_be_bytes(*expires_at));
        let is_ours = |key| hmac::verify(&challenge_key(key), &proven(said, group, client), tag).is_ok();
        let is_good = expires_at > now && nonce.len() <= LONGEST_NONCE && zeros(text, nonce) >= u32::from(*bits);
        // Ours last: it costs most.
        (is_good && keys.any(is_ours)).then_some(Self { token, expires_at })
    }

    /// The zeros that it was asked for.
    #[must_use]
    pub const fn bits(&self) -> u8 {
        self.token[8]
    }

    /// Names the token, whatever solves it.
    #[must_use]
    pub fn name(&self) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(digest(&SHA256, &self.token))
    }

    /// What is kept of it.
    #[must_use]
    pub const fn used(&self) -> Used {
        Used { ttl: self.expires_at }
    }
}

fn challenge_key(key: &LinkKey) -> hmac::Key {
    key.derived(b"challenge\0")
}

/// What the proof is over: whom the token is for and for what, which it does not say itself.
fn proven(said: &[u8], group: Group, client: &ClientAddress) -> Vec<u8> {
    [said, group.name().as_bytes(), b"\0", client.to_string().as_bytes()].concat()
}

/// With how many zeros the hash of a token and a number begins, as far as its first half goes.
fn zeros(token: &str, nonce: &str) -> u32 {
    let hash = digest(&SHA256, &[token.as_bytes(), nonce.as_bytes()].concat());
    hash.as_ref().first_chunk().map_or(0, |half| u128::from_be_bytes(*half).leading_zeros())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_second(1_800_000_000);

    fn client(ip: &str) -> ClientAddress {
        ClientAddress::of(ip)
    }

    /// A token that wants so many zeros.
    fn token(bits: u8) -> String {
        let asked = asked(&LinkKey::new(&[3; 32]), Group::Login, &client("192.0.2.1"), bits, NOW).unwrap();
        asked.to_str().unwrap().split(';').nth(1).unwrap().to_owned()
    }

    fn read(answer: &str, key: u8, group: Group, ip: &str, now: Timestamp) -> bool {
        // The key in question is the second one.
        let keys = [LinkKey::new(&[9; 32]), LinkKey::new(&[key; 32])];
        Solution::read(answer, keys.iter(), group, &client(ip), now).is_some()
    }

    #[test]
    fn a_token_is_good_for_whom_and_for_what_it_was_made() {
        let answer = format!("{}.0", token(0));
        let second = Duration::from_secs(1);
        assert!(read(&answer, 3, Group::Login, "192.0.2.1", NOW));
        assert!(read(&answer, 3, Group::Login, "::ffff:192.0.2.1", NOW + LIFE - second));
        assert!(!read(&answer, 3, Group::Login, "192.0.2.1", NOW + LIFE));
        assert!(!read(&answer, 3, Group::Mail, "192.0.2.1", NOW));
        assert!(!read(&answer, 3, Group::Login, "192.0.2.2", NOW));
        assert!(!read(&answer, 3, Group::Login, "", NOW));
        assert!(!read(&answer, 4, Group::Login, "192.0.2.1", NOW));
    }

    /// It wants no zeros, so nothing but its proof refuses what was changed.
    #[test]
    fn no_changed_character_survives() {
        let token = token(0);
        for at in 0..token.len() {
            let mut forged = token.as_bytes().to_vec();
            forged[at] = if forged[at] == b'A' { b'B' } else { b'A' };
            let forged = String::from_utf8(forged).unwrap();
            assert!(!read(&format!("{forged}.0"), 3, Group::Login, "192.0.2.1", NOW), "character {at}");
        }
    }

    #[test]
    fn a_number_too_long_to_be_one_is_not_hashed() {
        let token = token(0);
        assert!(read(&format!("{token}.{}", "7".repeat(LONGEST_NONCE)), 3, Group::Login, "192.0.2.1", NOW));
        assert!(!read(&format!("{token}.{}", "7".repeat(LONGEST_NONCE + 1)), 3, Group::Login, "192.0.2.1", NOW));
    }

    #[test]
    fn zeros_are_those_of_the_hash_of_both() {
        // As Python's hashlib has them.
        for (nonce, expected) in [("0", 0), ("118", 9), ("61816", 16)] {
            assert_eq!(zeros("a token", nonce), expected, "{nonce}");
        }
        let token = token(9);
        let solves = |nonce: &u32| read(&format!("{token}.{nonce}"), 3, Group::Login, "192.0.2.1", NOW);
        let first = (0..1_000_000).find(solves).unwrap();
        assert!(zeros(&token, &first.to_string()) >= 9);
        assert!((0..first).all(|nonce| zeros(&token, &nonce.to_string()) < 9));
    }

    #[test]
    fn no_two_tokens_are_the_same() {
        assert_ne!(token(18), token(18));
    }
}
