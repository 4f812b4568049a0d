//! What an account says of itself.

use serde::{Deserialize, Serialize};
use shared::time::Timestamp;

/// One row of the Accounts table. Id and address come from whoever asks for it.
#[derive(Serialize, Deserialize)]
pub struct Profile {
    pub(crate) full_name: Option<String>,
    pub(crate) avatar_url: Option<String>,
    pub(crate) phone: Option<String>,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

impl Profile {
    /// Of an account that has said nothing yet.
    #[must_use]
    pub const fn blank(now: Timestamp) -> Self {
        Self { full_name: None, avatar_url: None, phone: None, created_at: now, updated_at: now }
    }
}
