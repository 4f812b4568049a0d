//! Passwords: Argon2id under a pepper, so that a stolen table alone cannot be attacked. A hash names its pepper.

mod argon2id;
pub mod breached;
pub mod foreign;
mod hash;
mod memory;
#[cfg(test)]
mod tests;
pub mod weak;

use std::sync::Arc;

use argon2::{ARGON2ID_IDENT, KeyId, Params, ParamsBuilder, password_hash};
use aws_lc_rs::hmac;
use compat::email::AddressKey;
use shared::{error::Error, random, rotation::Opened, time::Timestamp};
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

pub use self::{argon2id::Runs, hash::PasswordHash};
use self::{
    argon2id::{COST, failed, run},
    foreign::{ForeignHash, Function, Recipe, Work},
    memory::MEMORY,
};
use crate::secrets::{
    import_keys::ImportKeys,
    pepper::{Pepper, Peppers},
};

/// Whether a password was the right one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The password is another one than the account's.
    Wrong,
    /// The password is the account's.
    Right,
    /// The password is the account's, but its hash was made with other parameters than today's, under an older pepper, or of the hash of
    /// another service.
    RightButOutdated,
}

/// The hasher: Argon2id under the peppers.
pub struct Passwords {
    peppers: Peppers,
    imported: Imported,
    runs: Arc<Runs>,
}

/// What users have brought along from other services.
#[derive(Clone, Default)]
pub struct Imported {
    /// The keys that some of their hashes take.
    pub keys: ImportKeys,
    /// The functions that every login runs, whether its account needs them or not.
    pub functions: Arc<[Function]>,
}

impl Passwords {
    /// Under these peppers. What is dear is counted in `runs`.
    #[must_use]
    pub const fn new(peppers: Peppers, imported: Imported, runs: Arc<Runs>) -> Self {
        Self { peppers, imported, runs }
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
        self.hash_with(pepper, bytes_of(password), salt.as_ref()[..16].to_vec()).await
    }

    /// Hashes a new password under a random salt.
    ///
    /// # Errors
    /// `Internal`.
    pub async fn hash(&self, password: &str, now: Timestamp) -> Result<PasswordHash, Error> {
        self.hash_with(self.peppers.present(now)?, bytes_of(password), random::bytes::<16>()?.to_vec()).await
    }

    /// Hashes what another service has made of a password, under a random salt.
    ///
    /// # Errors
    /// `Internal`.
    pub async fn wrap(
        &self,
        ForeignHash { recipe, output }: ForeignHash,
        now: Timestamp,
    ) -> Result<PasswordHash, Error> {
        let hash = self.hash_with(self.peppers.present(now)?, output, random::bytes::<16>()?.to_vec()).await?;
        Ok(PasswordHash(format!("{recipe}{}", hash.0)))
    }

    /// Compares a password with a hash. Without a hash it does the same work for nothing.
    ///
    /// # Errors
    /// `Internal` when the stored hash is malformed; `Unavailable` when it takes a key that is not known yet.
    pub async fn verify(
        &self,
        password: &str,
        stored: Option<&PasswordHash>,
        now: Timestamp,
    ) -> Result<Verdict, Error> {
        let (present, runs) = (self.peppers.present(now)?, Arc::clone(&self.runs));
        let (typed, normal) = (Zeroizing::new(password.to_owned()), normal_form(password));
        let Some(stored) = stored else {
            let work = self.foreign_work(None)?;
            return run(Arc::clone(&present.secret), Arc::clone(&runs), COST, move |argon2| {
                work.run(typed.as_bytes(), &runs.foreign)?;
                MEMORY.hash(&argon2, normal.as_bytes(), &[0; 16]).map(|_| Verdict::Wrong)
            })
            .await;
        };
        let (recipe, hash) = stored.parts()?;
        let (pepper, work) = (self.named_by(&hash)?, self.foreign_work(recipe)?);
        let is_outdated = pepper.stored.number < present.stored.number;
        run(Arc::clone(&pepper.secret), Arc::clone(&runs), COST, move |argon2| {
            let foreign = work.run(typed.as_bytes(), &runs.foreign)?;
            let hashed = foreign.as_ref().map_or(normal.as_bytes(), |output| output);
            match MEMORY.verify(&argon2, hashed, &hash) {
                Ok(()) if is_current(&hash)? && !is_outdated && foreign.is_none() => Ok(Verdict::Right),
                Ok(()) => Ok(Verdict::RightButOutdated),
                Err(password_hash::Error::PasswordInvalid) => Ok(Verdict::Wrong),
                Err(error) => Err(error),
            }
        })
        .await
    }

    /// What a login runs besides Argon2.
    fn foreign_work(&self, own: Option<Recipe>) -> Result<Work, Error> {
        let own = own.map(|recipe| Ok::<_, Error>((self.imported.keys.named_by(recipe.key())?, recipe))).transpose()?;
        Ok(Work::of(own.map(|(key, recipe)| (recipe, key)), &self.imported.functions))
    }

    /// The pepper of a hash.
    fn named_by(&self, hash: &password_hash::phc::PasswordHash) -> Result<&Opened<Pepper>, Error> {
        let params = Params::try_from(hash).map_err(failed)?;
        let pepper = self.peppers.by_age().iter().find(|pepper| name(pepper.stored.number) == params.keyid());
        pepper.ok_or_else(|| Error::internal("a hash is under a pepper that there is not"))
    }

    async fn hash_with(
        &self,
        pepper: &Opened<Pepper>,
        password: Zeroizing<Vec<u8>>,
        salt: Vec<u8>,
    ) -> Result<PasswordHash, Error> {
        let mut params = ParamsBuilder::new();
        params.m_cost(COST.m_cost()).t_cost(COST.t_cost()).p_cost(COST.p_cost());
        params.keyid(KeyId::new(&name(pepper.stored.number)).map_err(failed)?);
        let params = params.build().map_err(failed)?;
        run(Arc::clone(&pepper.secret), Arc::clone(&self.runs), params, move |argon2| {
            let hash: password_hash::phc::PasswordHash = MEMORY.hash(&argon2, &password, &salt)?;
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

/// The bytes of a password that are hashed.
fn bytes_of(password: &str) -> Zeroizing<Vec<u8>> {
    Zeroizing::new(normal_form(password).as_bytes().to_vec())
}

fn is_current(hash: &password_hash::phc::PasswordHash) -> password_hash::Result<bool> {
    let costs = |params: &Params| (params.m_cost(), params.t_cost(), params.p_cost());
    Ok(hash.algorithm == ARGON2ID_IDENT && costs(&Params::try_from(hash)?) == costs(&COST))
}
