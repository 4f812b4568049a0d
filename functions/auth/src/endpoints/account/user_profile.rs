//! The answer of both endpoints of the profile.

use compat::email::EmailAddress;
use schemars::JsonSchema;
use serde::Serialize;
use shared::ids::AccountId;

use crate::profile::Profile;

/// The profile of an account. Every member is always there, null where there is nothing.
#[derive(Serialize, JsonSchema)]
pub struct UserProfile {
    /// Names the account.
    id: String,
    /// The address that was proven.
    email: String,
    /// What the owner is called.
    full_name: Option<String>,
    /// Where a picture of the owner is: an https URL.
    avatar_url: Option<String>,
    /// The owner's number, in E.164 form.
    phone: Option<String>,
    /// When the account came into being.
    #[schemars(with = "Option<String>", extend("format" = "date-time"))]
    created_at: String,
    /// When the profile last changed.
    #[schemars(with = "Option<String>", extend("format" = "date-time"))]
    updated_at: String,
}

impl UserProfile {
    /// The profile of an account with this proven address.
    #[must_use]
    pub fn of(account: AccountId, email: &EmailAddress, profile: Profile) -> Self {
        Self {
            id: account.to_string(),
            email: email.as_str().to_owned(),
            full_name: profile.full_name,
            avatar_url: profile.avatar_url,
            phone: profile.phone,
            created_at: profile.created_at.to_string(),
            updated_at: profile.updated_at.to_string(),
        }
    }

    /// A profile for the document.
    #[must_use]
    pub fn example() -> Self {
        let stamp = "2019-08-24T14:15:22Z";
        Self {
            id: "6f1c0c3a-2b47-4c0e-9d5e-2f7f0a4b8a11".to_owned(),
            email: "ada@example.com".to_owned(),
            full_name: Some("Ada Lovelace".to_owned()),
            avatar_url: None,
            phone: None,
            created_at: stamp.to_owned(),
            updated_at: stamp.to_owned(),
        }
    }
}
