//! Second factors: codes of an app, passkeys, recovery codes. Pure: what is checked is a function of what came in, what is stored and the
//! time; nothing here knows a table or a route.

mod base32;
pub mod challenge;
pub mod enrolment;
pub mod keys;
pub mod pending;
mod proof;
pub mod qr;
pub mod recovery;
#[cfg(test)]
mod tests;
pub mod totp;
pub mod webauthn;
