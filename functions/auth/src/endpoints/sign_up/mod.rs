//! How an account begins: somebody signs up, is mailed a link, and comes back with it.

pub mod resend_verification;
pub mod signup;
pub mod verification_status;
pub mod verify_email;
