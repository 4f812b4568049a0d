//! Second factors: signing in with them, proving again with them who is there, and having them.

pub mod answers;
pub mod devices;
pub mod list;
pub mod passkeys;
pub mod recovery_codes;
pub mod refusal;
pub mod shown;
pub mod sign_in;
pub mod step_up;
pub mod totp;
pub mod verify;

/// The group that these operations are in.
const TAG: &str = "Second factors";
