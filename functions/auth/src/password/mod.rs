//! Passwords: Argon2id under a pepper, so that a stolen table alone cannot be attacked. A hash names its pepper.

mod argon2id;
pub mod breached;
mod hash;
mod memory;
#[cfg(test)]
mod tests;
pub mod weak;

use std::sync::{Arc, atomic::AtomicU64};

use argon2::{ARGON2ID_IDENT, KeyId, Params, ParamsBuilder, password_hash};
use aws_lc_rs::hmac;
use compat::email::AddressKey;
use shared::{error::Error, random, rotation::Opened, time::Timestamp};
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

pub use self::hash::PasswordHash;
use self::{
    argon2id::{COST, failed, run},
    memory::MEMORY,
};
use crate::secrets::pepper::{Pepper, Peppers};

/// Whether a password was the right one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The password is another one than the account's.
    Wrong,
    /// The password is the account's.
    Right,
    /// The password is the account's, but its hash was made with other parameters than today's, or under an older pepper.
    RightButOutdated,
}

/// The hasher: Argon2id under the peppers.
pub struct Passwords {
    peppers: Peppers,
    runs: Arc<AtomicU64>,
}

impl Passwords {
    /// Under these peppers. Runs of Argon2 are counted in `runs`.
    #[must_use]
    pub const fn new(peppers: Peppers, runs: Arc<AtomicU64>) -> Self {
        Self { peppers, runs }
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
        let pepper = self.peppers.present(now)?;
        let key = hmac::Key::new(hmac::HMAC_SHA256, &**pepper.secret);
        let salt = hmac::sign(&key, &[b"sign-up salt\0", &address.as_bytes()[..]].concat());
        self.hash_with(pepper, normal_form(password), salt.as_ref()[..16].to_vec()).await
    }

    /// Hashes a new password under a random salt.
    ///
    /// # Errors
    /// `Internal`.
    pub async fn hash(&self, password: &str, now: Timestamp) -> Result<PasswordHash, Error> {
        self.hash_with(self.peppers.present(now)?, normal_form(password), random::bytes::<16>()?.to_vec()).await
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
        let (password, present) = (normal_form(password), self.peppers.present(now)?.stored.number);
        let pepper = self.named_by(&stored)?;
        let is_outdated = pepper.stored.number < present;
        run(Arc::clone(&pepper.secret), Arc::clone(&self.runs), COST, move |argon2| {
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

    /// The pepper of a hash.
    fn named_by(&self, stored: &PasswordHash) -> Result<&Opened<Pepper>, Error> {
        let hash = password_hash::phc::PasswordHash::new(&stored.0).map_err(failed)?;
        let params = Params::try_from(&hash).map_err(failed)?;
        let pepper = self.peppers.by_age().iter().find(|pepper| name(pepper.stored.number) == params.keyid());
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
        let params = params.build().map_err(failed)?;
        run(Arc::clone(&pepper.secret), Arc::clone(&self.runs), params, move |argon2| {
            let hash: password_hash::phc::PasswordHash = MEMORY.hash(&argon2, password.as_bytes(), &salt)?;
            Ok(PasswordHash(hash.to_string()))
        })
        .await
    }
}

/// How a hash names its pepper (`keyid`).
fn name(number: u32) -> Vec<u8> {
    number.to_string().into_bytes()
}

/// Whether two texts are one password.
#[must_use]
pub fn is_same(one: &str, other: &str) -> bool {
    normal_form(one) == normal_form(other)
}

/// NFC: keyboards differ in how they compose an accent, people do not.
fn normal_form(password: &str) -> Zeroizing<String> {
    Zeroizing::new(password.nfc().collect())
}

fn is_current(hash: &password_hash::phc::PasswordHash) -> password_hash::Result<bool> {
    let costs = |params: &Params| (params.m_cost(), params.t_cost(), params.p_cost());
    Ok(hash.algorithm == ARGON2ID_IDENT && costs(&Params::try_from(hash)?) == costs(&COST))
}
