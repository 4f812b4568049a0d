//! What a report says, short enough for the key of a row.

use std::fmt;

use aws_lc_rs::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};

use crate::error::Error;

/// A hash of what a report says and of whom, whichever bytes said so and whenever they came.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Saying(String);

impl Saying {
    /// SHA-256 as hex.
    pub(crate) fn of(what: &impl Serialize) -> Result<Self, Error> {
        let json = serde_json::to_vec(what).map_err(|_| Error::internal("what a report says is no JSON"))?;
        let hash = digest(&SHA256, &json);
        Ok(Self(hash.as_ref().iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"))))
    }
}

impl fmt::Display for Saying {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
