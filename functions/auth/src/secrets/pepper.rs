//! Peppers: without them a stolen hash of a password cannot be attacked. A new one is for new hashes, and the old ones stay for the
//! hashes that there are.

use std::sync::Arc;

use shared::{
    error::Error,
    rotation::{Opened, in_use},
    time::Timestamp,
};
use zeroize::Zeroizing;

/// A key of password hashes. 32 bytes.
pub type Pepper = Zeroizing<[u8; 32]>;

/// All peppers. Cloning shares them.
#[derive(Clone)]
pub struct Peppers(Arc<[Opened<Pepper>]>);

impl Peppers {
    /// Those that there are, by age.
    #[must_use]
    pub fn new(by_age: Vec<Opened<Pepper>>) -> Self {
        Self(by_age.into())
    }

    /// All of them, by age.
    #[must_use]
    pub fn by_age(&self) -> &[Opened<Pepper>] {
        &self.0
    }

    /// The pepper of new hashes.
    ///
    /// # Errors
    /// `Internal` when there is none.
    pub fn present(&self, now: Timestamp) -> Result<&Opened<Pepper>, Error> {
        in_use(&self.0, now)
    }
}
