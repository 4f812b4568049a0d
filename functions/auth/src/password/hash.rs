//! What is kept of a password.

use std::fmt;

use aws_lc_rs::constant_time;
use serde::{Deserialize, Serialize};

/// A hash in PHC form, with its parameters and salt. Compared in constant time, never printed.
#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PasswordHash(pub(super) String);

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
