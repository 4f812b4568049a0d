//! Randomness from the one generator (aws-lc, seeded by the operating system).

use aws_lc_rs::rand;

use crate::error::Error;

/// `N` random bytes.
///
/// # Errors
/// `Internal` when the operating system has no randomness to give.
pub fn bytes<const N: usize>() -> Result<[u8; N], Error> {
    let mut bytes = [0; N];
    rand::fill(&mut bytes).map_err(|_| Error::internal("the random generator failed"))?;
    Ok(bytes)
}
