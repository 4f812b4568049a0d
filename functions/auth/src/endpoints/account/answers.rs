//! What those are told who change an account, signed in or by a mailed link.

use schemars::JsonSchema;
use serde::Serialize;
use shared::http::{Fields, Input, Reply, SecretText};

use crate::records::own_password::NotProven;

/// What was shown is not the password.
pub const WRONG: &str = "This is not your current password.";
/// Too much was tried or asked for.
pub const TOO_MANY: &str = "Too many attempts; try again later.";

/// Whether a change was made. Every member is always there.
#[derive(Serialize, JsonSchema)]
pub struct AccountChangeResponse {
    /// Whether it was.
    success: bool,
    /// What has happened, in English.
    message: &'static str,
}

/// Whether a mailed link was good. Every member is always there, null where there is nothing.
#[derive(Serialize, JsonSchema)]
pub struct MailedLinkResponse {
    /// Whether it was.
    success: bool,
    /// What has happened, in English.
    message: &'static str,
    /// Where the user goes next, if that is configured.
    redirect_url: Option<String>,
}

/// The token that a mailed link held.
pub struct MailedLinkRequest {
    /// It.
    pub token: SecretText,
}

impl Input for MailedLinkRequest {
    fn read(mut fields: Fields<'_>) -> Option<Self> {
        let token = fields.required("token", "Token from the mailed link");
        Some(Self { token: fields.end()?.of(token)? })
    }
}

impl NotProven {
    /// The answer, in the words of an operation's own model. A wrong password is 403: clients drop their session at 401.
    pub fn reply<T>(self, refused: impl FnOnce(&'static str) -> T) -> Reply<T> {
        match self {
            Self::Wrong => Reply::forbidden(refused(WRONG)),
            Self::Locked(seconds) => Reply::too_many_requests(refused(TOO_MANY), seconds),
        }
    }
}

impl AccountChangeResponse {
    /// It was made.
    pub const fn done(message: &'static str) -> Self {
        Self { success: true, message }
    }

    /// It was not.
    pub const fn refused(message: &'static str) -> Self {
        Self { success: false, message }
    }

    /// It was not, for the password that was shown is not the account's.
    pub const fn wrong() -> Self {
        Self::refused(WRONG)
    }

    /// It was not, for too much was tried or asked for.
    pub const fn too_many() -> Self {
        Self::refused(TOO_MANY)
    }
}

impl MailedLinkResponse {
    /// It was good.
    pub const fn done(message: &'static str, redirect_url: Option<String>) -> Self {
        Self { success: true, message, redirect_url }
    }

    /// It was not, for one reason or another.
    pub const fn refused() -> Self {
        Self::refused_as("This link is invalid, has expired or has been used.")
    }

    /// It was not, in other words.
    pub const fn refused_as(message: &'static str) -> Self {
        Self { success: false, message, redirect_url: None }
    }
}
