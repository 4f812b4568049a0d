//! Recovery codes: for whoever has lost every other factor. They exist beside a factor only, ten at a time, and each works once.

use aws_lc_rs::hmac;
use shared::{error::Error, ids::AccountId, random, tables::Hash};
use zeroize::Zeroizing;

use super::base32;

/// How many an account gets.
pub const CODES: usize = 10;
/// Characters of a code, five bits each.
const CHARACTERS: usize = 16;

/// A recovery code: 80 random bits, too many to be guessed (NIST SP 800-63B, 5.1.2.2). No `Debug`, no `Display`, no `Serialize`, on purpose.
pub struct RecoveryCode(Zeroizing<[u8; 10]>);

impl RecoveryCode {
    /// A new one.
    ///
    /// # Errors
    /// `Internal` without randomness.
    pub fn random() -> Result<Self, Error> {
        random::bytes().map(|bytes| Self(Zeroizing::new(bytes)))
    }

    /// As somebody has typed it in: case, hyphens and spaces do not count, O is read as 0, I and L as 1; `None` for what is no code.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut typed = text.bytes().filter(|byte| !matches!(byte, b'-' | b' '));
        let mut bits = Zeroizing::new(0_u128);
        for _ in 0..CHARACTERS {
            *bits = *bits << 5 | u128::from(value(typed.next()?)?);
        }
        let bytes = Zeroizing::new(bits.to_be_bytes());
        let (_, code) = bytes.split_last_chunk().filter(|_| typed.next().is_none())?;
        Some(Self(Zeroizing::new(*code)))
    }

    /// As it is shown to its owner, once: `XXXX-XXXX-XXXX-XXXX`.
    #[must_use]
    pub fn reveal(&self) -> Zeroizing<String> {
        let characters = base32::encode(base32::CROCKFORD, &*self.0);
        let mut text = Zeroizing::new(String::with_capacity(CHARACTERS + 3));
        for (at, character) in characters.chars().enumerate() {
            if at > 0 && at % 4 == 0 {
                text.push('-');
            }
            text.push(character);
        }
        text
    }

    /// What is kept of it, under one of the keys: an HMAC of account and code. Nobody finds the code by it who has the table alone, and it
    /// does not tell whether two accounts have the same one.
    #[must_use]
    pub fn hash(&self, key: &hmac::Key, account: AccountId) -> Hash {
        let mut mac = hmac::Context::with_key(key);
        mac.update(account.as_bytes());
        mac.update(&*self.0);
        Hash::of(&mac.sign())
    }
}

/// The five bits of a character.
fn value(character: u8) -> Option<u8> {
    let character = match character.to_ascii_uppercase() {
        b'O' => b'0',
        b'I' | b'L' => b'1',
        other => other,
    };
    base32::CROCKFORD.iter().position(|known| *known == character).and_then(|value| u8::try_from(value).ok())
}
