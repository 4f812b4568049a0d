//! `PATCH /auth/profile`: an account says something else of itself.

use axum::extract::State;
use serde::Serialize;
use serde_json::json;
use shared::{
    caller::Caller,
    error::Error,
    http::{Body, Fields, Input, Operation, Patch, Reply},
    now::Now,
    store::{Condition, Update, Written},
    tables::Row,
};

use super::{
    profile_fields::{AvatarUrl, FullName, Phone},
    user_profile::UserProfile,
};
use crate::{profile::Profile, state::Auth};

/// A change of some fields.
pub struct ProfileUpdate {
    full_name: Patch<FullName>,
    avatar_url: Patch<AvatarUrl>,
    phone: Patch<Phone>,
}

impl Input for ProfileUpdate {
    fn read(mut fields: Fields<'_>) -> Option<Self> {
        let full_name = fields.patch("full_name", "Name; null removes it");
        let avatar_url = fields.patch("avatar_url", "Address of a picture; null removes it");
        let phone = fields.patch("phone", "Number in E.164 form; null removes it");
        let values = fields.end()?;
        Some(Self { full_name: values.of(full_name)?, avatar_url: values.of(avatar_url)?, phone: values.of(phone)? })
    }
}

/// Changes the caller's own profile and answers with it.
pub async fn change_profile(
    State(auth): State<Auth>,
    caller: Caller,
    Now(now): Now,
    Body(change): Body<ProfileUpdate>,
) -> Result<Reply<UserProfile>, Error> {
    let update = Update::new(Row::Profile(caller.account_id())).set("updated_at", &now)?;
    let update = apply(update, "full_name", change.full_name)?;
    let update = apply(update, "avatar_url", change.avatar_url)?;
    let update = apply(update, "phone", change.phone)?;
    match auth.app.store.update::<Profile>(update.when(Condition::Exists)).await? {
        Written::Done(profile) => Ok(Reply::ok(UserProfile::of(caller.account_id(), caller.email(), profile))),
        Written::Conflict(_) => Err(Error::InvalidToken),
    }
}

pub fn document() -> Operation {
    Operation::new(
        "update_profile",
        "Changes the caller's own profile. A field that is missing stays as it is, null clears it.",
    )
    .tag("Accounts")
    .protected()
    .body::<ProfileUpdate>(json!({ "full_name": "Ada Lovelace", "phone": null }))
    .ok(&UserProfile::example())
    .depends()
}

fn apply<'a, T: Serialize>(update: Update<'a>, attribute: &'static str, patch: Patch<T>) -> Result<Update<'a>, Error> {
    match patch {
        Patch::Keep => Ok(update),
        Patch::Clear => update.set(attribute, &None::<T>),
        Patch::Set(value) => update.set(attribute, &value),
    }
}
