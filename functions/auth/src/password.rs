//! Passwords: Argon2id under a pepper, so that a stolen table alone cannot be attacked. A hash names its pepper; a new one is for new
//! hashes, and the old ones stay for the hashes that there are.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Instant,
};

use argon2::{ARGON2ID_IDENT, Algorithm, Argon2, KeyId, Params, ParamsBuilder, Version, password_hash};
use aws_lc_rs::{constant_time, hmac};
use serde::{Deserialize, Serialize};
use shared::{
    email::AddressKey,
    error::Error,
    random,
    rotation::{Opened, in_use},
    time::Timestamp,
};
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

use crate::argon::MEMORY;

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
    /// Yes, but its hash was made with other parameters than today's, or under an older pepper.
    RightButOutdated,
}

/// The hasher. Cloning shares it.
#[derive(Clone)]
pub struct Passwords(Arc<Inner>);

struct Inner {
    peppers: Vec<Opened<Pepper>>,
    runs: Arc<AtomicU64>,
}

/// The key of password hashes.
pub type Pepper = Zeroizing<[u8; 32]>;

impl Passwords {
    /// Under these peppers, by age. Runs of Argon2 are counted in `runs`.
    #[must_use]
    pub fn new(peppers: Vec<Opened<Pepper>>, runs: Arc<AtomicU64>) -> Self {
        Self(Arc::new(Inner { peppers, runs }))
    }

    /// The peppers, by age.
    #[must_use]
    pub fn peppers(&self) -> &[Opened<Pepper>] {
        &self.0.peppers
    }

    /// Hashes the password of a sign-up. The salt is derived from the address (and the pepper), so that two sign-ups of one
    /// address can be compared without a second run, as long as the pepper is the same.
    ///
    /// # Errors
    /// `Internal`.
    pub async fn hash_for_sign_up(
        &self,
        password: &str,
        address: &AddressKey,
        now: Timestamp,
    ) -> Result<PasswordHash, Error> {
        let pepper = self.present(now)?;
        let key = hmac::Key::new(hmac::HMAC_SHA256, &**pepper.secret);
        let salt = hmac::sign(&key, &[b"sign-up salt\0", &address.as_bytes()[..]].concat());
        self.hash_with(pepper, normal_form(password), salt.as_ref()[..16].to_vec()).await
    }

    /// Hashes a new password under a random salt.
    ///
    /// # Errors
    /// `Internal`.
    pub async fn hash(&self, password: &str, now: Timestamp) -> Result<PasswordHash, Error> {
        self.hash_with(self.present(now)?, normal_form(password), random::bytes::<16>()?.to_vec()).await
    }

    /// Compares a password with a hash. Without a hash it does the same work for nothing.
    ///
    /// # Errors
    /// `Internal` when the stored hash is malformed.
    pub async fn verify(
        &self,
        password: &str,
        stored: Option<&PasswordHash>,
        now: Timestamp,
    ) -> Result<Verdict, Error> {
        let Some(stored) = stored.cloned() else {
            self.hash(password, now).await?;
            return Ok(Verdict::Wrong);
        };
        let (password, present) = (normal_form(password), self.present(now)?.stored.number);
        let pepper = self.named_by(&stored)?;
        let is_outdated = pepper.stored.number < present;
        self.run(pepper, COST, move |argon2| {
            let hash = password_hash::phc::PasswordHash::new(&stored.0)?;
            match MEMORY.verify(&argon2, password.as_bytes(), &hash) {
                Ok(()) if is_current(&hash)? && !is_outdated => Ok(Verdict::Right),
                Ok(()) => Ok(Verdict::RightButOutdated),
                Err(password_hash::Error::PasswordInvalid) => Ok(Verdict::Wrong),
                Err(error) => Err(error),
            }
        })
        .await
    }

    /// The pepper of new hashes.
    fn present(&self, now: Timestamp) -> Result<&Opened<Pepper>, Error> {
        in_use(&self.0.peppers, now)
    }

    /// The pepper of a hash.
    fn named_by(&self, stored: &PasswordHash) -> Result<&Opened<Pepper>, Error> {
        let hash = password_hash::phc::PasswordHash::new(&stored.0).map_err(failed)?;
        let params = Params::try_from(&hash).map_err(failed)?;
        let pepper = self.0.peppers.iter().find(|pepper| name(pepper.stored.number) == params.keyid());
        pepper.ok_or_else(|| Error::internal("a hash is under a pepper that there is not"))
    }

    async fn hash_with(
        &self,
        pepper: &Opened<Pepper>,
        password: Zeroizing<String>,
        salt: Vec<u8>,
    ) -> Result<PasswordHash, Error> {
        let mut params = ParamsBuilder::new();
        params.m_cost(COST.m_cost()).t_cost(COST.t_cost()).p_cost(COST.p_cost());
        params.keyid(KeyId::new(&name(pepper.stored.number)).map_err(failed)?);
        self.run(pepper, params.build().map_err(failed)?, move |argon2| {
            let hash: password_hash::phc::PasswordHash = MEMORY.hash(&argon2, password.as_bytes(), &salt)?;
            Ok(PasswordHash(hash.to_string()))
        })
        .await
    }

    /// Runs Argon2 once, beside the threads that wait for the network.
    async fn run<T: Send + 'static>(
        &self,
        pepper: &Opened<Pepper>,
        params: Params,
        work: impl FnOnce(Argon2<'_>) -> password_hash::Result<T> + Send + 'static,
    ) -> Result<T, Error> {
        let (pepper, runs) = (Arc::clone(&pepper.secret), Arc::clone(&self.0.runs));
        let task = tokio::task::spawn_blocking(move || {
            runs.fetch_add(1, Ordering::Relaxed);
            let argon2 = Argon2::new_with_secret(&**pepper, Algorithm::Argon2id, Version::V0x13, params);
            let (argon2, begun) = (argon2.map_err(|_| password_hash::Error::Internal)?, Instant::now());
            work(argon2).map(|done| (done, begun.elapsed()))
        });
        let done = task.await.map_err(|_| Error::internal("password hashing panicked"))?;
        let (done, took) = done.map_err(failed)?;
        tracing::debug!(argon2_us = u64::try_from(took.as_micros()).unwrap_or(u64::MAX), "Argon2 has run");
        Ok(done)
    }
}

/// How a hash names its pepper (`keyid`).
fn name(number: u32) -> Vec<u8> {
    number.to_string().into_bytes()
}

fn failed(error: impl fmt::Display) -> Error {
    Error::internal(format!("password hashing: {error}"))
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
    use argon2::PasswordHasher;
    use shared::{
        rotation::Generation,
        seal::{Purpose, SealedSecret},
    };

    use super::*;

    const NOW: Timestamp = Timestamp::from_second(1_000);

    /// The second pepper, if there is one, is in use from the second 2000 on.
    fn under(peppers: &[u8]) -> Passwords {
        let peppers = peppers.iter().zip(1..).map(|(byte, number)| {
            let from = (number > 1).then_some(Timestamp::from_second(2_000));
            let secret = SealedSecret { purpose: Purpose::Pepper, sealed: String::new(), kms_key_arn: String::new() };
            let stored = Generation { secret, number, from, until: None };
            Opened { stored, secret: Arc::new(Zeroizing::new([*byte; 32])) }
        });
        Passwords::new(peppers.collect(), Arc::default())
    }

    fn passwords() -> Passwords {
        under(&[7])
    }

    fn runs(passwords: &Passwords) -> u64 {
        passwords.0.runs.load(Ordering::Relaxed)
    }

    #[tokio::test]
    async fn only_the_right_password_under_the_same_pepper_is_right() {
        let stored = passwords().hash("correct horse", NOW).await.unwrap();
        let verify = |passwords: Passwords, text| {
            let stored = stored.clone();
            async move { passwords.verify(text, Some(&stored), NOW).await.unwrap() }
        };
        assert_eq!(verify(passwords(), "correct horse").await, Verdict::Right);
        assert_eq!(verify(passwords(), "correct horsf").await, Verdict::Wrong);
        assert_eq!(verify(under(&[8]), "correct horse").await, Verdict::Wrong);
    }

    #[tokio::test]
    async fn every_question_costs_one_run() {
        let passwords = under(&[7, 8]);
        let stored = passwords.hash("a", NOW).await.unwrap();
        assert_eq!(runs(&passwords), 1);
        passwords.verify("a", Some(&stored), NOW).await.unwrap();
        assert_eq!(runs(&passwords), 2);
        assert_eq!(passwords.verify("a", None, NOW).await.unwrap(), Verdict::Wrong);
        assert_eq!(runs(&passwords), 3);
        passwords.verify("b", Some(&stored), Timestamp::from_second(2_000)).await.unwrap();
        assert_eq!(runs(&passwords), 4);
    }

    #[tokio::test]
    async fn a_hash_with_other_parameters_still_opens_and_says_so() {
        let mut weak = ParamsBuilder::new();
        let weak = weak.m_cost(8).t_cost(1).p_cost(1).keyid(KeyId::new(&name(1)).unwrap()).build().unwrap();
        let argon2 = Argon2::new_with_secret(&[7; 32], Algorithm::Argon2id, Version::V0x13, weak).unwrap();
        let hash: password_hash::phc::PasswordHash = argon2.hash_password_with_salt(b"old", &[1; 16]).unwrap();
        let stored = PasswordHash(hash.to_string());
        assert_eq!(passwords().verify("old", Some(&stored), NOW).await.unwrap(), Verdict::RightButOutdated);
    }

    #[tokio::test]
    async fn a_hash_names_its_pepper_and_outlives_it() {
        let (both, later) = (under(&[7, 8]), Timestamp::from_second(2_000));
        let (first, second) = (both.hash("a", NOW).await.unwrap(), both.hash("a", later).await.unwrap());
        assert!(first.0.starts_with("$argon2id$v=19$m=19456,t=2,p=1,keyid=MQ$"), "{}", first.0);
        assert!(second.0.starts_with("$argon2id$v=19$m=19456,t=2,p=1,keyid=Mg$"), "{}", second.0);
        assert_eq!(both.verify("a", Some(&first), NOW).await.unwrap(), Verdict::Right);
        assert_eq!(both.verify("a", Some(&first), later).await.unwrap(), Verdict::RightButOutdated);
        assert_eq!(both.verify("b", Some(&first), later).await.unwrap(), Verdict::Wrong);
        assert_eq!(both.verify("a", Some(&second), later).await.unwrap(), Verdict::Right);
        // A clock that is behind does not lead back.
        assert_eq!(both.verify("a", Some(&second), NOW).await.unwrap(), Verdict::Right);
        assert!(passwords().verify("a", Some(&second), later).await.is_err(), "the second pepper is not there");
        assert_eq!(under(&[7, 9]).verify("a", Some(&second), later).await.unwrap(), Verdict::Wrong);
    }

    #[tokio::test]
    async fn two_sign_ups_of_one_address_compare_without_a_second_run() {
        let (passwords, ada, bob) = (passwords(), AddressKey::from_bytes([1; 32]), AddressKey::from_bytes([2; 32]));
        let first = passwords.hash_for_sign_up("same", &ada, NOW).await.unwrap();
        assert!(first == passwords.hash_for_sign_up("same", &ada, NOW).await.unwrap());
        assert!(first != passwords.hash_for_sign_up("other", &ada, NOW).await.unwrap());
        assert!(first != passwords.hash_for_sign_up("same", &bob, NOW).await.unwrap());
    }

    #[tokio::test]
    async fn a_composed_and_a_decomposed_accent_are_one_password() {
        let stored = passwords().hash("caf\u{e9}", NOW).await.unwrap();
        assert_eq!(passwords().verify("cafe\u{301}", Some(&stored), NOW).await.unwrap(), Verdict::Right);
    }
}
