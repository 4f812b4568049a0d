//! What the owner of an account does with it.

pub mod change_profile;
pub mod delete_account;
pub mod export;
pub mod forgot_password;
pub mod keep_account;
mod profile_fields;
pub mod reset_password;
pub mod show_profile;
mod user_profile;
