//! What is kept of a password.

use std::fmt;

use argon2::password_hash::phc;
use aws_lc_rs::constant_time;
use serde::{Deserialize, Serialize};
use shared::error::Error;

use super::foreign::Recipe;

/// A hash in PHC form, with its parameters and salt. Where it was made of what a foreign function has put out, the recipe for that stands
/// before it. Compared in constant time, never printed.
#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PasswordHash(pub(super) String);

impl PasswordHash {
    /// The recipe of a foreign function, if one comes before Argon2, and the hash.
    ///
    /// # Errors
    /// `Internal` when it is malformed.
    pub(super) fn parts(&self) -> Result<(Option<Recipe>, phc::PasswordHash), Error> {
        let malformed = || Error::internal("a hash is malformed");
        let at = self.0.find('$').ok_or_else(malformed)?;
        let (recipe, hash) = self.0.split_at(at);
        let recipe = if recipe.is_empty() { None } else { Some(recipe.parse().map_err(|_| malformed())?) };
        Ok((recipe, phc::PasswordHash::new(hash).map_err(|_| malformed())?))
    }

    /// The number of the sealed key that it takes besides a pepper; none for most.
    pub(crate) fn key_besides(&self) -> Option<u32> {
        self.parts().ok()?.0?.key()
    }
}

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
