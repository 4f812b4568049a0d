//! What the owner of an account does with it.

mod answers;
pub mod change_email;
pub mod change_password;
pub mod change_profile;
pub mod confirm_email;
pub mod delete_account;
pub mod events;
pub mod export;
pub mod forgot_password;
pub mod keep_account;
pub mod not_me;
pub mod preferences;
pub mod profile_fields;
pub mod reset_password;
pub mod show_profile;
mod user_profile;
