//! Hashes that other services have made of passwords, and what is kept of them. None is stored as it came: Argon2id under the pepper runs
//! over what the foreign function puts out, so that a stolen table is worth nothing for them either. Who signs in runs both, and has a plain
//! hash from then on.

mod bcrypt;
mod firebase;
#[cfg(test)]
mod tests;

use std::{
    fmt,
    hint::black_box,
    str::FromStr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use argon2::password_hash;
use aws_lc_rs::error::Unspecified;
use base64::{Engine, prelude::BASE64_STANDARD};
use zeroize::Zeroizing;

pub use self::firebase::{LONGEST_KEY, Project};
use crate::secrets::import_keys::ImportKey;

/// Every login that meets such a hash waits for it: 12 takes four times as long as the 10 that services use.
const MAX_BCRYPT_COST: u32 = 12;
/// The least that there is.
const MIN_BCRYPT_COST: u32 = 4;
/// Scrypt's N times r. It takes 128 bytes for each: 16 MiB.
const MAX_SCRYPT_WORK: u64 = 1 << 17;
/// Of Firebase, where nobody says otherwise.
const ROUNDS: u32 = 8;
/// Bytes. Those of the services have 16 at most, and a separator.
const LONGEST_SALT: usize = 64;

/// A function by which another service hashes passwords, and what it costs. Written `bcrypt:10`, or `firebase-scrypt:14`, with the rounds
/// behind it where they are not 8.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Function {
    /// bcrypt, of the versions 2a, 2b and 2y, which are one.
    Bcrypt {
        /// Its runs are two to this power.
        cost: u32,
    },
    /// Firebase's scrypt: standard scrypt makes the key under which the signer key of the project is encrypted.
    FirebaseScrypt {
        /// Scrypt's N is two to this power.
        mem_cost: u32,
        /// Scrypt's r.
        rounds: u32,
    },
}

/// Why a foreign hash cannot be used. Its owner needs a new password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unusable {
    /// It is a known one, and costs more than a login may.
    TooDear,
    /// It is none that is known here.
    Unknown,
}

impl Function {
    /// It, if a login can afford it.
    fn affordable(self) -> Result<Self, Unusable> {
        let is_affordable = match self {
            Self::Bcrypt { cost } if cost < MIN_BCRYPT_COST => return Err(Unusable::Unknown),
            Self::Bcrypt { cost } => cost <= MAX_BCRYPT_COST,
            Self::FirebaseScrypt { mem_cost, rounds } if mem_cost == 0 || rounds == 0 => return Err(Unusable::Unknown),
            Self::FirebaseScrypt { mem_cost, rounds } => {
                let n = 1_u64.checked_shl(mem_cost).unwrap_or(u64::MAX);
                n.checked_mul(rounds.into()).is_some_and(|work| work <= MAX_SCRYPT_WORK)
            }
        };
        if is_affordable { Ok(self) } else { Err(Unusable::TooDear) }
    }
}

/// A whole number, without a sign.
fn number(text: &str) -> Result<u32, Unusable> {
    let digits = Some(text).filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
    digits.and_then(|digits| digits.parse().ok()).ok_or(Unusable::Unknown)
}

impl fmt::Display for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bcrypt { cost } => write!(f, "bcrypt:{cost}"),
            Self::FirebaseScrypt { mem_cost, rounds: ROUNDS } => write!(f, "firebase-scrypt:{mem_cost}"),
            Self::FirebaseScrypt { mem_cost, rounds } => write!(f, "firebase-scrypt:{mem_cost}:{rounds}"),
        }
    }
}

impl FromStr for Function {
    type Err = Unusable;

    fn from_str(text: &str) -> Result<Self, Unusable> {
        let function = match *text.split(':').collect::<Vec<_>>() {
            ["bcrypt", cost] => Self::Bcrypt { cost: number(cost)? },
            ["firebase-scrypt", mem_cost] => Self::FirebaseScrypt { mem_cost: number(mem_cost)?, rounds: ROUNDS },
            ["firebase-scrypt", mem_cost, rounds] => {
                Self::FirebaseScrypt { mem_cost: number(mem_cost)?, rounds: number(rounds)? }
            }
            _ => return Err(Unusable::Unknown),
        };
        function.affordable()
    }
}

/// All that the foreign function takes besides the password.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Recipe {
    function: Function,
    salt: Vec<u8>,
    /// The number of the sealed signer key, for Firebase.
    key: Option<u32>,
}

impl Recipe {
    /// One that makes the same work for nothing.
    fn for_nothing(function: Function) -> Self {
        Self { function, salt: vec![0; 16], key: None }
    }

    /// The number of the sealed key that it takes.
    pub(super) const fn key(&self) -> Option<u32> {
        self.key
    }

    /// What the function makes of a password as it was typed.
    fn run(&self, typed: &[u8], signer_key: &[u8]) -> Result<Zeroizing<Vec<u8>>, Unspecified> {
        match self.function {
            Function::Bcrypt { cost } => bcrypt::run(cost, &self.salt, typed),
            Function::FirebaseScrypt { mem_cost, rounds } => {
                firebase::run(mem_cost, rounds, &self.salt, signer_key, typed)
            }
        }
    }
}

/// As it stands before the hash that is made of what it puts out: function, salt in base64, and key, with commas between them.
impl fmt::Display for Recipe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{},{},", self.function, BASE64_STANDARD.encode(&self.salt))?;
        self.key.map_or(Ok(()), |key| write!(f, "{key}"))
    }
}

impl FromStr for Recipe {
    type Err = Unusable;

    fn from_str(text: &str) -> Result<Self, Unusable> {
        let [function, salt, key] = *text.split(',').collect::<Vec<_>>() else { return Err(Unusable::Unknown) };
        let salt = BASE64_STANDARD.decode(salt).map_err(|_| Unusable::Unknown)?;
        let key = if key.is_empty() { None } else { Some(number(key)?) };
        Ok(Self { function: function.parse()?, salt, key })
    }
}

/// A hash as another service gives it out: what its function takes, and what it has put out. No `Debug`: without the pepper, guesses could
/// be tried on it.
pub struct ForeignHash {
    pub(super) recipe: Recipe,
    pub(super) output: Zeroizing<Vec<u8>>,
}

impl ForeignHash {
    /// bcrypt, as everybody writes it: `$2b$10$`, then 22 characters of salt and 31 of hash.
    ///
    /// # Errors
    /// When it is another one, or too dear.
    pub fn bcrypt(text: &str) -> Result<Self, Unusable> {
        bcrypt::read(text)
    }

    /// Firebase's, out of the export of a project. Salt and hash are in base64.
    ///
    /// # Errors
    /// When it cannot be one of the project's, or is too dear.
    pub fn firebase(project: &Project, salt: &str, hash: &str) -> Result<Self, Unusable> {
        let Project { mem_cost, rounds, key, key_length, separator } = project;
        let function = Function::FirebaseScrypt { mem_cost: *mem_cost, rounds: *rounds }.affordable()?;
        let [salt, hash] = [salt, hash].map(|text| BASE64_STANDARD.decode(text).map_err(|_| Unusable::Unknown));
        let (salt, output) = ([&*salt?, separator].concat(), Zeroizing::new(hash?));
        if output.len() != *key_length || *key_length > LONGEST_KEY || salt.len() > LONGEST_SALT {
            return Err(Unusable::Unknown);
        }
        Ok(Self { recipe: Recipe { function, salt, key: Some(*key) }, output })
    }

    /// By which function it was made.
    #[must_use]
    pub const fn function(&self) -> Function {
        self.recipe.function
    }
}

/// The foreign functions that one login runs: that of its account, and those in whose place nothing is compared, so that nobody sees by the
/// time that a login takes which account was brought along.
pub(super) struct Work {
    own: Option<(Recipe, Arc<ImportKey>)>,
    others: Vec<Recipe>,
}

impl Work {
    /// That of an account's own recipe, with the key that it takes, beside all of `usual`.
    pub(super) fn of(own: Option<(Recipe, Arc<ImportKey>)>, usual: &[Function]) -> Self {
        let function = own.as_ref().map(|(recipe, _)| recipe.function);
        let others = usual.iter().filter(|usual| Some(**usual) != function);
        Self { others: others.map(|function| Recipe::for_nothing(*function)).collect(), own }
    }

    /// Runs them all, and counts that: what the account's own makes of a password as it was typed, if it has one. One after the other, for
    /// together they would want their memory at once.
    ///
    /// # Errors
    /// When a recipe is malformed.
    pub(super) fn run(&self, typed: &[u8], runs: &AtomicU64) -> password_hash::Result<Option<Zeroizing<Vec<u8>>>> {
        let counted = |recipe: &Recipe, key: &[u8]| {
            runs.fetch_add(1, Ordering::Relaxed);
            recipe.run(typed, key).map_err(|_| password_hash::Error::Internal)
        };
        for other in &self.others {
            black_box(counted(other, &[0; LONGEST_KEY])?);
        }
        self.own.as_ref().map(|(recipe, key)| counted(recipe, key)).transpose()
    }
}
