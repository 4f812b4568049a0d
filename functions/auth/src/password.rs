//! Passwords: Argon2id under a pepper, so that a stolen table alone cannot be attacked.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use argon2::{ARGON2ID_IDENT, Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version, password_hash};
use aws_lc_rs::{constant_time, hmac};
use serde::{Deserialize, Serialize};
use shared::{email::AddressKey, error::Error, random};
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

/// 19 MiB, two passes, one lane: OWASP's recommendation, and the cheapest of its equals on glibc.
const COST: Params = match Params::new(19_456, 2, 1, None) {
    Ok(params) => params,
    Err(_) => panic!("not Argon2 parameters"),
};

/// A hash in PHC form, with its parameters and salt. Compared in constant time, never printed.
#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PasswordHash(String);

impl PartialEq for PasswordHash {
    fn eq(&self, other: &Self) -> bool {
        constant_time::verify_slices_are_equal(self.0.as_bytes(), other.0.as_bytes()).is_ok()
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(…)")
    }
}

/// Whether a password was the right one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// No.
    Wrong,
    /// Yes.
    Right,
    /// Yes, but its hash was made with other parameters than today's.
    RightButOutdated,
}

/// The hasher. Cloning shares it.
#[derive(Clone)]
pub struct Passwords(Arc<Inner>);

struct Inner {
    pepper: Zeroizing<[u8; 32]>,
    runs: AtomicU64,
}

impl Passwords {
    /// Under `pepper`.
    #[must_use]
    pub fn new(pepper: Zeroizing<[u8; 32]>) -> Self {
        Self(Arc::new(Inner { pepper, runs: AtomicU64::new(0) }))
    }

    /// How often Argon2 has run.
    #[must_use]
    pub fn runs(&self) -> u64 {
        self.0.runs.load(Ordering::Relaxed)
    }

    /// Hashes the password of a sign-up. The salt is derived from the address (and the pepper), so that two sign-ups of one
    /// address can be compared without a second run.
    ///
    /// # Errors
    /// `Internal`.
    pub async fn hash_for_sign_up(&self, password: &str, address: &AddressKey) -> Result<PasswordHash, Error> {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &*self.0.pepper);
        let salt = hmac::sign(&key, &[b"sign-up salt\0", &address.as_bytes()[..]].concat());
        self.hash_with(normal_form(password), salt.as_ref()[..16].to_vec()).await
    }

    /// Hashes a new password under a random salt.
    ///
    /// # Errors
    /// `Internal`.
    pub async fn hash(&self, password: &str) -> Result<PasswordHash, Error> {
        self.hash_with(normal_form(password), random::bytes::<16>()?.to_vec()).await
    }

    /// Compares a password with a hash. Without a hash it does the same work for nothing.
    ///
    /// # Errors
    /// `Internal` when the stored hash is malformed.
    pub async fn verify(&self, password: &str, stored: Option<&PasswordHash>) -> Result<Verdict, Error> {
        let Some(stored) = stored.cloned() else {
            self.hash(password).await?;
            return Ok(Verdict::Wrong);
        };
        let password = normal_form(password);
        self.run(move |argon2| {
            let hash = password_hash::phc::PasswordHash::new(&stored.0)?;
            match argon2.verify_password(password.as_bytes(), &hash) {
                Ok(()) if is_current(&hash)? => Ok(Verdict::Right),
                Ok(()) => Ok(Verdict::RightButOutdated),
                Err(password_hash::Error::PasswordInvalid) => Ok(Verdict::Wrong),
                Err(error) => Err(error),
            }
        })
        .await
    }

    async fn hash_with(&self, password: Zeroizing<String>, salt: Vec<u8>) -> Result<PasswordHash, Error> {
        self.run(move |argon2| {
            let hash: password_hash::phc::PasswordHash = argon2.hash_password_with_salt(password.as_bytes(), &salt)?;
            Ok(PasswordHash(hash.to_string()))
        })
        .await
    }

    /// Runs Argon2 once, beside the threads that wait for the network.
    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(Argon2<'_>) -> password_hash::Result<T> + Send + 'static,
    ) -> Result<T, Error> {
        let inner = Arc::clone(&self.0);
        let task = tokio::task::spawn_blocking(move || {
            inner.runs.fetch_add(1, Ordering::Relaxed);
            let argon2 = Argon2::new_with_secret(&*inner.pepper, Algorithm::Argon2id, Version::V0x13, COST);
            work(argon2.map_err(|_| password_hash::Error::Internal)?)
        });
        let done = task.await.map_err(|_| Error::internal("password hashing panicked"))?;
        done.map_err(|error| Error::internal(format!("password hashing: {error}")))
    }
}

/// NFC: keyboards differ in how they compose an accent, people do not.
fn normal_form(password: &str) -> Zeroizing<String> {
    Zeroizing::new(password.nfc().collect())
}

fn is_current(hash: &password_hash::phc::PasswordHash) -> password_hash::Result<bool> {
    let costs = |params: &Params| (params.m_cost(), params.t_cost(), params.p_cost());
    Ok(hash.algorithm == ARGON2ID_IDENT && costs(&Params::try_from(hash)?) == costs(&COST))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passwords() -> Passwords {
        Passwords::new(Zeroizing::new([7; 32]))
    }

    #[tokio::test]
    async fn only_the_right_password_under_the_same_pepper_is_right() {
        let stored = passwords().hash("correct horse").await.unwrap();
        let verify = |passwords: Passwords, text| {
            let stored = stored.clone();
            async move { passwords.verify(text, Some(&stored)).await.unwrap() }
        };
        assert_eq!(verify(passwords(), "correct horse").await, Verdict::Right);
        assert_eq!(verify(passwords(), "correct horsf").await, Verdict::Wrong);
        assert_eq!(verify(Passwords::new(Zeroizing::new([8; 32])), "correct horse").await, Verdict::Wrong);
    }

    #[tokio::test]
    async fn every_question_costs_one_run() {
        let passwords = passwords();
        let stored = passwords.hash("a").await.unwrap();
        assert_eq!(passwords.runs(), 1);
        passwords.verify("a", Some(&stored)).await.unwrap();
        assert_eq!(passwords.runs(), 2);
        assert_eq!(passwords.verify("a", None).await.unwrap(), Verdict::Wrong);
        assert_eq!(passwords.runs(), 3);
    }

    #[tokio::test]
    async fn a_hash_with_other_parameters_still_opens_and_says_so() {
        let weak = Params::new(8, 1, 1, None).unwrap();
        let argon2 = Argon2::new_with_secret(&[7; 32], Algorithm::Argon2id, Version::V0x13, weak).unwrap();
        let hash: password_hash::phc::PasswordHash = argon2.hash_password_with_salt(b"old", &[1; 16]).unwrap();
        let stored = PasswordHash(hash.to_string());
        assert_eq!(passwords().verify("old", Some(&stored)).await.unwrap(), Verdict::RightButOutdated);
    }

    #[tokio::test]
    async fn two_sign_ups_of_one_address_compare_without_a_second_run() {
        let (passwords, ada, bob) = (passwords(), AddressKey::from_bytes([1; 32]), AddressKey::from_bytes([2; 32]));
        let first = passwords.hash_for_sign_up("same", &ada).await.unwrap();
        assert!(first == passwords.hash_for_sign_up("same", &ada).await.unwrap());
        assert!(first != passwords.hash_for_sign_up("other", &ada).await.unwrap());
        assert!(first != passwords.hash_for_sign_up("same", &bob).await.unwrap());
    }

    #[tokio::test]
    async fn a_composed_and_a_decomposed_accent_are_one_password() {
        let stored = passwords().hash("caf\u{e9}").await.unwrap();
        assert_eq!(passwords().verify("cafe\u{301}", Some(&stored)).await.unwrap(), Verdict::Right);
    }
}
