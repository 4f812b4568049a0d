//! Accounts: addresses that are proven, passwords, sessions and their tokens.

mod answers;
mod attacks;
mod breaches;
pub mod challenge;
mod client_limits;
mod concurrency;
mod contested;
mod forgot;
mod guard;
mod input;
mod malformed;
mod missing_account;
mod oracle;
mod outages;
mod pages;
mod passwords;
mod profile;
pub mod reset_races;
mod secrets;
mod sessions;
mod sign_up;
mod spellings;
mod step_up;
mod strangers;
mod stuffing;
mod tokens;
mod weak_passwords;
